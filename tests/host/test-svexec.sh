#!/bin/bash
# Protects how services are started: svexec makes of a unit's text the process that it describes, or says what went wrong at which
# step; what a run keeps is shared by its commands and gone when it is finished. The program that starts it, start-unit,
# does what the manager does.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
unit=$scratch/svtest-exec.service
out=$scratch/out
runs=/run/svalinn/runs
probe=$(reach "$PROBE")

# unit LINE...: the unit that is started; commands print into $out.
unit() { printf '%s\n' '[Service]' "StandardOutput=append:$out" "$@" >"$unit"; }

# start ARGUMENT...: all steps. The reports are in $output, what the commands printed in $answers.
start() {
        rm -f "$out"
        run timeout 60 "$START_UNIT" "$@"
        answers=$(cat "$out" 2>/dev/null)
}

# answered NAME KEY EXPECTED
answered() {
        local reports=$output
        output=$answers
        check "$1" "$3" "$(answer "$2")"
        output=$reports
}

# outside QUESTION [KEY]: what the probe answers outside of all sandboxes.
outside() {
        local output
        output=$("$probe" "$1")
        answer "${2:-$1}"
}

# both SETTING QUESTION OFF ON [KEY]: what the probe answers without and with a setting.
both() {
        local key=${5:-$2}
        unit "ExecStart=$probe $2"
        start "$unit" ExecStart finish
        answered "without $1" "$key" "$3"
        unit "ExecStart=$probe $2" "$1"
        start "$unit" ExecStart finish
        answered "with $1" "$key" "$4"
}

# fails STATUS DIRECTIVE LINE...
fails() {
        local wanted=$1 directive=$2
        shift 2
        rm -f "$scratch/marker"
        unit "ExecStart=/bin/touch $scratch/marker" "$@"
        start "$unit" ExecStart finish
        check "$*: the report" "failed $wanted $directive" "$(sed -n '1s/:.*//p' <<<"$output")"
        check "$*: the exit status" "ExecStart exited $wanted" "$(grep '^ExecStart ' <<<"$output" | tail -n 1)"
        check "$*: nothing was executed" no "$([ -e "$scratch/marker" ] && echo yes || echo no)"
}

# reported NAME EXPECTED-LINE
reported() {
        if grep -qxF -- "$2" <<<"$output"; then passed "$1"; else failed "$1" "expected: $2" "got: $output" "stderr: $said"; fi
}

# --- the sandbox is there, and not there without being asked for
both ProtectSystem=strict "writable:$scratch" ok EROFS
both PrivateTmp=yes mountpoint:/tmp no yes
both NoNewPrivileges=yes nnp 0 1
both 'SystemCallFilter=~mkdir:EPERM mkdirat:EPERM' "mkdir:$scratch/dir" ok EPERM
both RestrictAddressFamilies=AF_UNIX socket:inet ok EAFNOSUPPORT
both CapabilityBoundingSet=CAP_CHOWN caps "$(outside caps caps.bnd)" 1 caps.bnd
both User=games uid 0 "$(id -u games)"
both LimitNOFILE=50 rlimit:nofile "$(outside rlimit:nofile)" 50

# --- a run that leaves nothing is none: nobody has to finish it
unit 'ExecStart=/bin/true' NoNewPrivileges=yes
start "$unit" ExecStart
check 'a command that leaves nothing has no run' '' "$(grep '^run ' <<<"$output")"
unit 'ExecStart=/bin/true' PrivateTmp=yes
start "$unit" ExecStart finish
check_match 'a command that leaves directories has one' '^run [0-9a-f]{16}$' "$(grep '^run ' <<<"$output")"
unit 'ExecStart=/bin/true' PrivateMounts=yes ExecStartPost=/bin/true
start "$unit" ExecStart finish
check_match 'so does one whose namespaces are kept' '^run [0-9a-f]{16}$' "$(grep '^run ' <<<"$output")"
unit "ExecStart=$probe cat:/proc/self/uid_map uid" PrivateUsers=yes User=games
start "$unit" ExecStart finish
check_match 'PrivateUsers: users are mapped from outside' 'uid_map=.*5.*5.*1' "$answers"
unit "ExecStart=/bin/sh -c 'sleep 0.1; cat /proc/\$\$\$\$/task/\$\$\$\$/children'" PrivateUsers=yes
start "$unit" ExecStart finish
check 'PrivateUsers: the command has no children that it did not make' '' "$(tr -dc 0-9 <<<"$answers" | sed 's/^[0-9]*$//')"
unit "ExecStart=$probe fds"
exec 20<"$unit"
start "$unit" ExecStart finish
exec 20<&-
check 'no descriptor is inherited by accident' 3 "$(grep -c '^fds\.' <<<"$answers")"

# --- what fails has a status, a name, and is not executed
fails 200 WorkingDirectory WorkingDirectory=/nowhere
fails 217 User User=svtest-nobody
fails 216 Group Group=svtest-nobody
fails 208 StandardInput StandardInput=file:/nowhere/at/all
fails 209 StandardOutput StandardOutput=file:/nowhere/at/all
fails 222 StandardError StandardError=file:/nowhere/at/all
fails 208 StandardInput StandardInput=socket
fails 226 BindPaths BindPaths=/nowhere
fails 210 RootDirectory RootDirectory=/nowhere
fails 203 - ExecStart= ExecStart=/nowhere
fails 204 EnvironmentFile EnvironmentFile=/nowhere
fails 226 - Enforce=strict AppArmorProfile=unconfined
fails 78 - ExecStart=
unit 'ExecStart=/bin/true' Enforce=strict MemoryMax=64M CPUQuota=20%
start "$unit" ExecStart
check_match 'what the manager enforces is its business' '^ready' "$output"
unit 'ExecStart=/bin/true' Enforce=warn MemoryMax=64M AppArmorProfile=unconfined
start "$unit" ExecStart
check_match 'Enforce=warn: what nobody enforces is reported' '^ready: not enforced in this version: AppArmorProfile=' "$output"
unit 'ExecStart=/bin/true'
start --unsealed "$unit" ExecStart
check_match 'a text that others can still change is refused' '^failed 78 -: .*sealed' "$output"
start --fact=RunId=../../etc "$unit" ExecStart
check_match 'an id of a run that is none is refused' '^failed 226' "$output"
start --fact=Kept=record "$unit" ExecStart
check_match 'a descriptor that is not there is missed' '^failed 78 -: descriptor 6' "$output"

# --- what dies leaves no report, and what the kernel does not know is left out only when asked for
if strace -o /dev/null true 2>/dev/null; then
        unit "ExecStart=/bin/touch $scratch/marker" PrivateTmp=yes
        rm -f "$scratch/marker"
        start_traced() { run timeout 60 strace -f -qq -o /dev/null -e trace="$1" -e inject="$1:$2" "$START_UNIT" "${@:3}"; }
        start_traced mount_setattr signal=KILL:when=1 "$unit" ExecStart finish
        reported 'death in between: there is no report' 'no report'
        reported 'death in between: the ending' 'ExecStart killed 9'
        check 'death in between: nothing was executed' no "$([ -e "$scratch/marker" ] && echo yes || echo no)"
        unit "ExecStart=/bin/touch $scratch/marker" Enforce=warn
        start_traced keyctl error=ENOSYS "$unit" ExecStart ExecStart
        check_match 'Enforce=warn: the first try fails' '^failed 237 KeyringMode' "$output"
        check_match 'Enforce=warn: it is said what is left out' $'\nready: KeyringMode= not enforced: ' "$output"
        check 'Enforce=warn: the second start knows it' 1 "$(grep -c '^again' <<<"$output")"
        unit "ExecStart=/bin/touch $scratch/marker" Enforce=strict
        rm -f "$scratch/marker"
        start_traced keyctl error=ENOSYS "$unit" ExecStart
        check_match 'Enforce=strict: it fails' $'^failed 237 KeyringMode[^\n]*\nExecStart exited 237$' "$output"
        unit "ExecStart=/bin/touch $scratch/marker"
        start_traced keyctl error=EPERM:when=1 "$unit" ExecStart ExecStart
        check_match 'what failed by chance is not left out' $'again without.*\nready\nExecStart exited 0' "$output"
        start --fact=Without=keyring:0:KeyringMode "$unit" ExecStart
        check 'what the kernel can do is not left out for being named' ready "$(head -n 1 <<<"$output")"
        unit "ExecStartPre=/bin/true" "ExecStart=/bin/touch $scratch/marker" PrivateTmp=yes
        rm -f "$scratch/marker"
        start_traced setns error=EPERM "$unit" ExecStartPre ExecStart finish
        check_match 'namespaces that cannot be joined fail the start' 'failed 226 PrivateTmp: entering the mnt namespace' "$output"
        check 'and nothing was executed' no "$([ -e "$scratch/marker" ] && echo yes || echo no)"
else
        skip 'death and failures of system calls' 'processes cannot be traced here'
fi

# --- commands of one run share what it has
unit "ExecStartPre=$probe link:/proc/self/ns/net put:/tmp/x" "ExecStart=$probe link:/proc/self/ns/net" "ExecStart=$probe read:/tmp/x" \
        Type=oneshot PrivateTmp=yes PrivateNetwork=yes
start "$unit" ExecStartPre ExecStart:0 ExecStart:1 finish
check 'commands share their namespaces' 1 "$(grep '^link:' <<<"$answers" | sort -u | wc -l)"
check_not 'which are not those of the host' "link:/proc/self/ns/net=$(readlink /proc/self/ns/net)" "$(grep -m 1 '^link:' <<<"$answers")"
check_match 'and their private /tmp' 'read:/tmp/x=[^E]' "$answers"
check 'what is held is reported once' 1 "$(grep -c '^kept network' <<<"$output")"
start "$unit" ExecStartPre dead ExecStart:1 finish
check_match 'another run has its own' 'read:/tmp/x=ENOENT' "$answers"
unit "ExecStartPre=+$probe uid mountpoint:/tmp" "ExecStart=$probe uid" PrivateTmp=yes User=games
start "$unit" ExecStartPre ExecStart finish
check '"+" runs without the sandbox' $'uid=0\nmountpoint:/tmp=no\nuid=5' "$answers"

# --- what is passed
unit "ExecStart=$probe env:LISTEN_FDS env:LISTEN_FDNAMES env:WATCHDOG_USEC env:FDSTORE env:MAINPID env:INVOCATION_ID fds" \
        "ExecReload=$probe env:LISTEN_FDS env:WATCHDOG_USEC" WatchdogSec=3 FileDescriptorStoreMax=7
start --listen=web --pass=data="$scratch/data" --fact=Variables=MAINPID=42 "$unit" ExecStart ExecReload finish
answered LISTEN_FDS env:LISTEN_FDS 2
answered LISTEN_FDNAMES env:LISTEN_FDNAMES web:data
answered WATCHDOG_USEC env:WATCHDOG_USEC 3000000
answered FDSTORE env:FDSTORE 7
answered 'Variables=' env:MAINPID 42
answered INVOCATION_ID env:INVOCATION_ID 0123456789abcdef0123456789abcdef
check 'they are 3 and 4, and nothing else is there' 5 "$(grep -c '^fds\.' <<<"$answers")"
check_match 'in their order' $'fds.3[^\n]*socket[^\n]*\nfds.4[^\n]*data' "$answers"
check 'other commands get none' 2 "$(grep -c '(unset)\|=$\|=-$' <<<"$(tail -n 2 <<<"$answers")")"
unit "ExecStart=/bin/sh -c 'echo \$\$LISTEN_PID \$\$WATCHDOG_PID \$\$SYSTEMD_EXEC_PID \$\$\$\$'" WatchdogSec=3
start --listen=web "$unit" ExecStart finish
check 'the pid is that of the command' 1 "$(tr ' ' '\n' <<<"$answers" | sort -u | wc -l)"
unit "ExecStart=/bin/sh -c 'read line; echo \$\$line and more'" StandardInput=fd:data StandardOutput=fd:more
echo from-file >"$scratch/data"
start --listen=web --pass=data="$scratch/data" --pass=more="$scratch/more" "$unit" ExecStart finish
check 'fd:NAME' 'from-file and more' "$(cat "$scratch/more")"

# --- the log
printf '%s\n' '[Service]' "ExecStart=/bin/sh -c 'echo line; echo error >&2; echo \$\$JOURNAL_STREAM >$scratch/journal; stat -Lc %%d:%%i /proc/self/fd/2 >>$scratch/journal'" \
        SyslogIdentifier=svtest SyslogLevel=notice SyslogLevelPrefix=no >"$unit"
rm -f "$scratch/log"
start --log="$scratch/log" "$unit" ExecStart finish
check 'the log is told who writes' $'svtest\nsvtest-exec.service\n29\n0\n0\n0\n0\nline\nerror' "$(cat "$scratch/log")"
check 'JOURNAL_STREAM' 1 "$(sort -u "$scratch/journal" | wc -l)"
start "$unit" ExecStart finish
if [ -e /run/systemd/journal/stdout ]; then
        skip 'without a log' 'this machine has one'
else
        check_match 'without a log it is said that output is lost' '^ready: StandardOutput=: the log does not take it' "$output"
fi

# --- the end of a run
unit "ExecStartPre=$probe put:/tmp/x put:/run/svtest-exec/x" "ExecStart=/bin/sleep 30" PrivateTmp=yes DynamicUser=yes \
        RuntimeDirectory=svtest-exec RuntimeDirectoryPreserve=restart
# left: what there still is of the run that $output is about.
left() {
        local id
        id=$(sed -n 's/^run \(.\+\)/\1/p' <<<"$output" | tail -n 1)
        [ -n "$id" ] || echo 'the run has no id'
        ls -d /run/svtest-exec "/tmp/svalinn-private-$id" "/var/tmp/svalinn-private-$id" "$runs/$id" 2>/dev/null
        grep -lx svtest-exec /run/svalinn/dynamic-uid/* 2>/dev/null
}
start "$unit" ExecStartPre 'ExecStart&' kill finish
check 'a run is finished' $'finished\nfinish exited 0' "$(tail -n 2 <<<"$output")"
check 'nothing is left of it' '' "$(left)"
start "$unit" ExecStartPre restart
check 'a restart keeps the runtime directory' yes "$([ -e /run/svtest-exec/x ] && echo yes || echo no)"
check 'but not the private /tmp' '' "$(left | grep private)"
kept=$output
start "$unit" finish
output=$kept
check 'what nobody holds any more is removed by whoever comes next' '' "$(left)"
start "$unit" ExecStartPre restart ExecStartPre finish
check 'and the next start goes on with it' '' "$(left)"
sed -i 's/Preserve=restart/Preserve=no/' "$unit"
start "$unit" ExecStartPre restart
check 'RuntimeDirectoryPreserve=no' no "$([ -e /run/svtest-exec ] && echo yes || echo no)"
start "$unit" finish

# The record is held by who started it, not by svexec, which is gone.
"$START_UNIT" "$unit" ExecStartPre 'ExecStart&' wait >"$scratch/held" 2>&1 &
manager=$!
own "$manager"
within 20 test -e /run/svtest-exec/x
run "$START_UNIT" "$unit" finish
check 'what is held is left alone' yes "$([ -e /run/svtest-exec/x ] && echo yes || echo no)"
group=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)$(sed -n 's/^0:://p' "/proc/$manager/cgroup")/start-unit-$manager
kill -KILL "$manager"
wait "$manager" 2>/dev/null
if [ -e "$group" ]; then
        echo 1 >"$group/cgroup.kill"
        within 5 rmdir "$group"
fi
run "$START_UNIT" "$unit" finish
output=$(cat "$scratch/held")
check 'what is held no more is removed' '' "$(left)"
finish
