#!/bin/bash
# Protects the first promise: a sandbox that cannot be had is no sandbox. Every kernel call that makes a part of it is
# made to fail, at its first times and its last; the command is then not executed, the status is that of systemd.exec(5) for the
# step, and the message names the directive.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
need_tool strace
strace -o /dev/null true 2>/dev/null || skip_all 'processes cannot be traced here'
marker=$scratch/marker
command=(/bin/touch "$marker")

# For each of the calls named: how often the process that becomes the command makes it, and how often any other one does.
# Its parents make some, too, and failures are injected by counting in each process for itself.
count_calls() {
        awk '
                { call = $2; sub(/\(.*/, "", call) }
                index($0, " execve(\"/bin/touch\"") { child = $1; done[$1] = 1 }
                !done[$1] && call != "execve" { calls[call] = 1; n[call, $1]++; pids[$1] = 1 }
                END {
                        for (call in calls) {
                                other = 0
                                for (pid in pids)
                                        if (pid != child && n[call, pid] > other)
                                                other = n[call, pid]
                                print call, n[call, child] + 0, other
                        }
                }' "$scratch/trace"
}

# fail_once STATUS DIRECTIVE CALL NUMBER [SVRUN-ARGUMENT]...
fail_once() {
        local name="$2: $3, time $4" wanted=$1 directive=$2 call=$3 number=$4
        shift 4
        rm -rf "$marker" /var/{lib,cache,log}/svtest-fail
        run strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:error=EPERM:when=$number" "$SVRUN" "$@" -- "${command[@]}"
        if [ -e "$marker" ]; then
                failed "$name: the command was executed" "status $status" "stderr: $said"
        elif ! [[ $status =~ ^($wanted)$ ]]; then
                failed "$name: the status" "expected: $wanted" "got: $status" "stderr: $said"
        elif ! [[ $said =~ (^|$'\n')svrun:\ ($directive)=: ]]; then
                failed "$name: the message" "expected: $directive=" "got: $said"
        else
                passed "$name"
        fi
}

# With "anywhere" set, calls of every process are meant.
anywhere=
# fails STATUS DIRECTIVE CALLS [SVRUN-ARGUMENT]...: CALLS is a list with commas; each is tried that is made at all, and
# at least one must be.
fails() {
        local wanted=$1 directive=$2 calls=$3 call own_calls other_calls i tried=0
        shift 3
        rm -f "$marker"
        run strace -f -qq -o "$scratch/trace" -e trace="$calls,execve" "$SVRUN" "$@" -- "${command[@]}"
        if [ "$status" != 0 ] || [ ! -e "$marker" ]; then
                failed "$directive: works when nothing fails" "status $status" "stderr: $said"
                return
        fi
        while read -r call own_calls other_calls; do
                [ -z "$anywhere" ] || { own_calls=$((own_calls > other_calls ? own_calls : other_calls)) && other_calls=0; }
                for ((i = other_calls + 1; i <= own_calls; i++)); do
                        # of many alike, the first ones and the last
                        [ $i -le $((other_calls + 3)) ] || [ $i = "$own_calls" ] || continue
                        fail_once "$wanted" "$directive" "$call" "$i" "$@"
                        tried=$((tried + 1))
                done
        done < <(count_calls)
        [ $tried -gt 0 ] || failed "$directive: one of $calls is made" "$(count_calls)"
}

t=$scratch/t
mkdir -p "$t"/{a/b,root/{bin,tmp},empty}
: >"$t/a/file"
mounting=open_tree,move_mount,mount_setattr,fsopen,fsconfig,fsmount,umount2,pivot_root,fchdir,openat2

# --- what the process sets about itself
fails 205 'LimitNOFILE|LimitCORE' prlimit64 -p LimitNOFILE=100 -p LimitCORE=0
check_run 'OOMScoreAdjust: without the right' 206 setpriv --bounding-set=-sys_resource --inh-caps=-all "$SVRUN" -p OOMScoreAdjust=-500 -- "${command[@]}"
check_match 'OOMScoreAdjust: the message' '^svrun: OOMScoreAdjust=: ' "$said"
check 'OOMScoreAdjust: the command was not executed' gone "$([ -e "$marker" ] || echo gone)"
fails 201 Nice setpriority -p Nice=5
fails 214 CPUSchedulingPolicy sched_setscheduler -p CPUSchedulingPolicy=batch
fails 215 CPUAffinity sched_setaffinity -p CPUAffinity=0
fails 211 IOSchedulingClass ioprio_set -p IOSchedulingClass=idle
fails 230 Personality personality -p Personality=x86
fails 237 KeyringMode keyctl -p KeyringMode=shared
if [ -n "$(cgroup2)" ]; then
        fails 219 DevicePolicy bpf -p DevicePolicy=closed
        anywhere=yes
        fails 219 DevicePolicy mkdir -p DevicePolicy=closed
        anywhere=
else
        skip DevicePolicy 'there is no control group hierarchy of version 2'
fi

# --- namespaces
for row in PrivateIPC=yes ProtectHostname=yes; do
        fails 226 "${row%=*}" unshare -p "$row"
done
fails 226 PrivateNetwork unshare -p PrivateNetwork=yes
fails 225 PrivateNetwork socket,ioctl -P -p PrivateNetwork=yes
fails 226 PrivateMounts unshare,mount_setattr -p PrivateMounts=yes
fails 217 PrivateUsers unshare -p PrivateUsers=yes
fails 226 ProtectHostname sethostname -p ProtectHostname=private:svtest
grep -qw cgroup2 /proc/filesystems && fails 226 ProtectControlGroups "unshare,$mounting" -p ProtectControlGroups=private

# --- the file system view, by the kinds of operation
for row in "ReadOnlyPaths=$t/a" "InaccessiblePaths=$t/a" "InaccessiblePaths=$t/a/file" "BindPaths=$t/a:$t/a/b" "TemporaryFileSystem=$t/a:ro" \
        PrivateTmp=yes PrivateTmp=disconnected PrivateDevices=yes ProtectProc=invisible ProtectKernelTunables=yes; do
        fails 226 "${row%%=*}" "$mounting" -p "$row"
done
fails '226|210' RootDirectory "$mounting" -p RootDirectory=/ -p MountAPIVFS=no
chmod 1777 "$scratch"
fails 226 'DynamicUser|ReadWritePaths' "$mounting" -p DynamicUser=yes -p User=svtest-fail -p "ReadWritePaths=$scratch" -p ProtectHome=no

# --- what is made on the host, before the command's process exists
anywhere=yes
fails 233 RuntimeDirectory mkdirat,fchmod,fchown,fchownat -p RuntimeDirectory=svtest-fail -p User=games
fails 226 PrivateTmp mkdirat,fchmod -p PrivateTmp=yes
for row in State:238 Cache:239 Logs:240; do
        fails "${row#*:}" "${row%:*}Directory" fchmod,fchown,fchownat -p "${row%:*}Directory=svtest-fail" -p User=games
done
anywhere=
check 'nothing stays of what failed' '' "$(find /run /tmp /var/tmp -maxdepth 1 -name svtest-fail)"
rm -rf /var/{lib,cache,log}/svtest-fail

# --- giving privileges up
fails 216 'User|Group' setgroups,setresgid -p User=games
fails 217 User setresuid -p User=games
fails 218 AmbientCapabilities capset -p User=games -p AmbientCapabilities=CAP_KILL
fails 228 SystemCallFilter seccomp -p 'SystemCallFilter=~swapon'
fails 200 WorkingDirectory chdir -p WorkingDirectory=/usr
# The calls of prctl() are many; those of other processes are few. The very last one binds the process to its parent.
prctls() {
        run strace -f -qq -o "$scratch/trace" -e trace=prctl,execve "$SVRUN" "$@" -- "${command[@]}"
        count_calls | awk '$1 == "prctl" { print $2 - 1 }'
}
bounded=(-p CapabilityBoundingSet=~CAP_SYS_BOOT)
last=$(prctls "${bounded[@]}")
for ((i = 5; i <= last; i += 7)); do
        fail_once 218 CapabilityBoundingSet prctl $i "${bounded[@]}"
done
fail_once 227 NoNewPrivileges prctl "$(prctls "${bounded[@]}" -p NoNewPrivileges=yes)" "${bounded[@]}" -p NoNewPrivileges=yes
fail_once 213 SecureBits prctl "$(prctls "${bounded[@]}" -p SecureBits=noroot)" "${bounded[@]}" -p SecureBits=noroot

# --- the process is killed while it sets the sandbox up: that is no end of the command
for row in PrivateTmp=yes:mount_setattr User=games:setresuid; do
        rm -f "$marker"
        run strace -f -qq -o /dev/null -e trace="${row#*:}" -e inject="${row#*:}:signal=XFSZ:when=1" "$SVRUN" -p "${row%:*}" -- "${command[@]}"
        check "${row%:*}: death in between has a status of its own" 203 "$status"
        check_match "${row%:*}: the message" '^svrun: .*killed by SIGXFSZ' "$said"
        check "${row%:*}: the command was not executed" gone "$([ -e "$marker" ] || echo gone)"
done
check_run 'the death of the command is its own' 153 "$SVRUN" -- /bin/sh -c 'kill -XFSZ $$'
check 'and nothing is said about it' '' "$said"

# --- under Enforce=warn: what goes without a namespace leaves the mounts of the caller alone
rm -f "$marker"
propagation() { awk '{ print $5, $7 }' /proc/self/mountinfo; }
export -f propagation
# shellcheck disable=SC2016 # the inner shell expands it
run unshare -m --propagation private bash -c 'before=$(propagation)
        strace -f -qq -o /dev/null -e trace=unshare -e inject=unshare:error=EPERM "$@" || exit
        [ "$before" = "$(propagation)" ] || { echo "the mounts of the caller were changed"; exit 99; }' \
        bash "$SVRUN" -p Enforce=warn -p PrivateTmp=yes -- "${command[@]}"
check 'without a mount namespace: the command runs, and nothing else changes' 0 "$status"
check_match 'without a mount namespace: that is said' '^svrun: PrivateTmp= not enforced: ' "$said"
check 'without a mount namespace: the command was executed' there "$([ -e "$marker" ] && echo there)"
finish
