#!/bin/bash
# Protects the border: nothing of the caller gets in, and nothing of a sandbox stays outside, however its end came.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
need_tool python3 setpriv
PROBE=$(reach "$PROBE")
everything=(-p PrivateTmp=yes -p ProtectSystem=strict -p ProtectHome=tmpfs -p PrivateDevices=yes -p PrivateNetwork=yes -p PrivateIPC=yes
        -p ProtectHostname=yes -p ProtectKernelTunables=yes -p ProtectProc=invisible -p ProtectControlGroups=yes
        -p RuntimeDirectory=svtest-leak -p "BindPaths=/etc:$scratch/made/here" -p "InaccessiblePaths=/etc/passwd"
        -p 'SystemCallFilter=~@swap' -p PrivateUsers=yes)

# --- nothing gets in
exec {one}</etc/passwd {two}>"$scratch/open" {three}<>"$scratch/other"
sandbox -- fds
expect 'no descriptor beyond 0, 1 and 2' fds 0,1,2
sandbox "${everything[@]}" -- fds
expect 'neither in a full sandbox' fds 0,1,2
exec {one}<&- {two}>&- {three}<&-
# shellcheck disable=SC2016 # the inner shells expand it
for closed in 0 1 2 '0 1' '0 2' '0 1 2'; do
        run bash -c 'for fd in $2; do eval "exec $fd>&-"; done; exec "$0" -P -- "$1" fds "put:$3"' "$SVRUN" "$PROBE" "$closed" "$scratch/put-${closed// /}"
        check "started with $closed closed, it has what it needs" probe "$(cat "$scratch/put-${closed// /}")"
        [ "$closed" != 0 ] || expect 'and no more' fds 0,1,2
done
leaky() {
        python3 - "$@" <<'PY'
import os, signal, sys
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP})
os.umask(0o777); os.chdir("/usr"); os.nice(3)
os.environ["SVTEST_LEAK"] = "leaked"
os.execv(sys.argv[1], sys.argv[1:])
PY
}
run leaky "$PROBE" sigmask sigignored cwd umask nice env:SVTEST_LEAK
expect_match 'a leaky caller blocks signals' sigmask '(^|,)12(,|$)'
expect_match 'and ignores signals' sigignored '(^|,)10(,|$)'
run leaky "$SVRUN" -- "$PROBE" sigmask sigignored cwd umask env:SVTEST_LEAK fds child:exit:3
expect 'its signal mask stays out' sigmask ''
expect 'what it ignores is not ignored, but SIGPIPE' sigignored 13
expect 'its directory stays out' cwd /
expect 'its umask stays out' umask 0022
expect 'its environment stays out' env:SVTEST_LEAK '(unset)'
expect 'its descriptors stay out' fds 0,1,2
check 'its blocked and ignored SIGCHLD do not matter' 0 "$status"
run leaky "$SVRUN" -p IgnoreSIGPIPE=no -- "$PROBE" sigignored
expect 'IgnoreSIGPIPE=no' sigignored ''
run setpriv --inh-caps=+kill --ambient-caps=+kill "$SVRUN" -- "$PROBE" caps
expect 'inheritable capabilities stay out' caps.inh 0
expect 'ambient ones, too' caps.amb 0
run prlimit --core=4096:8192 "$SVRUN" -- "$PROBE" rlimit:core
expect 'limits of the caller hold' rlimit:core 4096
sandbox -- tty pid
expect 'no controlling terminal' tty ENXIO
check 'a session of its own' "$(answer pid)" "$(answer pid.session)"
run script -qec "stty -echo; $SVRUN -P -- $PROBE tty" /dev/null
expect_match 'neither in a pipe on a terminal' tty '^ENXIO'

# --- nothing stays
state() {
        cut -d ' ' -f 5- /proc/self/mountinfo | sort
        # others on this machine make and remove groups of their own meanwhile
        find /sys/fs/cgroup -type d \( -name '*svalinn*' -o -name '*svrun*' -o -name '*svtest*' -o -name 'probe*' \) 2>/dev/null
        find /tmp /var/tmp /dev/shm /dev/mqueue -maxdepth 1 -user root \( -name 'svalinn*' -o -name 'svtest*' \) \
                ! -name 'svalinn-test*' 2>/dev/null
        left_by_runs
        find /run /var/lib /var/cache /var/log /etc -maxdepth 1 -name 'svtest*'
        ls -d "$scratch/made" 2>/dev/null
        ipcs -q -m -s | grep -c 0x
        ip -br link | sort
        uname -n
        sha256sum /etc/passwd /etc/group
        stat -c '%a %u %g' /tmp /var/tmp /run /etc /var/lib
}
# All that was started from the test's own directory.
processes() { pgrep -fa "$scratch/"; }
no_processes() { [ -z "$(processes)" ]; }
before=$(state)
unchanged() {
        within 5 no_processes
        check "$1: nothing is left" "$before" "$(state)"
        check "$1: no process is left" '' "$(processes)"
}
run "$SVRUN" "${everything[@]}" -- "$PROBE" put:/tmp/file put:/run/svtest-leak/file uid
expect 'the full sandbox works' put:/tmp/file ok
unchanged 'after a command'
run "$SVRUN" "${everything[@]}" -- "$PROBE" exit:3
unchanged 'after a failure'
run "$SVRUN" "${everything[@]}" -- "$PROBE" signal:9
unchanged 'after a crash'
run "$SVRUN" "${everything[@]}" -p "ReadOnlyPaths=$scratch/missing" -- "$PROBE" uid
unchanged 'after a failed start'
run "$SVRUN" "${everything[@]}" /nonexistent
unchanged 'after a missing program'
run "$SVRUN" -p DynamicUser=yes -p User=svtest-leak -p RuntimeDirectory=svtest-leak -- "$PROBE" uid
unchanged 'after a dynamic user'

# Children that hide: in the background, in sessions of their own, twice forked, deaf to signals, stopped, in other namespaces.
cat >"$scratch/hide.sh" <<'U'
trap "" TERM HUP INT
"$1" sleep:61001 &
setsid "$1" sleep:61002 &
(setsid setsid "$1" sleep:61003 &) &
(trap "" TERM; setsid sh -c 'trap "" TERM HUP; while [ -e "$0" ]; do "$0" sleep:61004; done' "$1" &) &
unshare --pid --fork --kill-child=TERM --mount-proc "$1" sleep:61005 &
sh -c 'kill -STOP $$; "$0" sleep:61006' "$1" &
U
children() { pgrep -fc "^$PROBE sleep:6100" || true; }
# Kills what the test itself let survive.
end_survivors() {
        local pid
        for pid in $(pgrep -f "$scratch/"); do
                kill -KILL "$pid" 2>/dev/null
        done
        no_processes
}
# shellcheck disable=SC2016 # the inner shells expand it
wait_for_children='sh "$0" "$1"; while [ "$(pgrep -fc "^$1 sleep:6100")" -lt 5 ]; do sleep 0.05; done'
for kind in plain full; do
        [ $kind = plain ] && sandboxing=() || sandboxing=(-p PrivateTmp=yes -p ProtectSystem=strict -p ProtectProc=invisible -p PrivateIPC=yes)
        run "$SVRUN" -p TimeoutStopSec=1s "${sandboxing[@]}" -- bash -c "$wait_for_children" "$scratch/hide.sh" "$PROBE"
        check "$kind: the command ended well" 0 "$status"
        check "$kind: no child survives its end" 0 "$(children)"
done
unchanged 'after hiding children'

# --- kill -9
# begin ARGUMENT...: starts svrun with children that hide; sets svrun_pid.
begin() {
        rm -f "$scratch/ready"
        "$SVRUN" -P "${everything[@]}" -p ProtectProc=default -p ProtectSystem=no -p PrivateUsers=no "$@" -- \
                bash -c "$wait_for_children; : >\"\$2\"; exec \"\$1\" sleep:61000" \
                "$scratch/hide.sh" "$PROBE" "$scratch/ready" >/dev/null 2>&1 </dev/null &
        svrun_pid=$!
        own $svrun_pid
        within 10 test -e "$scratch/ready" || failed 'the children start' "$(processes)"
}
begin
check 'something is there to be left' yes "$([ "$before" != "$(state)" ] && echo yes)"
kill -KILL "$svrun_pid"
wait "$svrun_pid" 2>/dev/null
unchanged 'kill -9 of svrun'

begin
runner=$(pgrep -P "$svrun_pid")
kill -KILL "$runner"
wait "$svrun_pid"
check 'kill -9 of the runner: the status says so' 137 $?
unchanged 'kill -9 of the runner'

begin
runner=$(pgrep -P "$svrun_pid")
kill -STOP "$svrun_pid"
kill -KILL "$runner" "$svrun_pid"
wait "$svrun_pid" 2>/dev/null
check 'kill -9 of both leaves something on disk' yes "$([ "$before" != "$(state)" ] && echo yes)"
# Nobody is left who could end the processes: svrun(1) says so.
within 5 end_survivors
run "$SVRUN" true
check 'the next run removes it' "$before" "$(state)"
for signal in TERM INT HUP QUIT; do
        begin -p TimeoutStopSec=1s
        kill -"$signal" "$svrun_pid"
        wait "$svrun_pid"
        unchanged "SIG$signal to svrun"
done

# --- the memory that a command's process shares until it executes
# Without the right to trace everybody, whoever has our user may look into a process, but not into
# one that holds what its child is not to have.
unprivileged=(setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace --)
"${unprivileged[@]}" "$SVRUN" -P -p PrivateTmp=yes "$PROBE" sleep:61000 >/dev/null 2>&1 </dev/null &
svrun_pid=$!
own $svrun_pid
started() { runner=$(pgrep -P "$svrun_pid") && pgrep -P "$runner" -x probe >/dev/null; }
within 10 started || failed 'the command starts' "$(processes)"
check_run 'a process without secrets can be looked into' 0 "${unprivileged[@]}" readlink "/proc/$svrun_pid/exe"
check_run 'the runner cannot' 1 "${unprivileged[@]}" readlink "/proc/$runner/exe"
kill -TERM "$svrun_pid"
wait "$svrun_pid"
unchanged 'after a look at the runner'
finish
