#!/bin/bash
# Protects that a run ends when it is told to, whatever its processes do against it: nothing that was started survives,
# and nothing that was not started is hit.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
need_tool pgrep strace
t=$scratch/t
mkdir -p "$t"

# A process that is replaced by its own child again and again, and ignores what can be ignored. It ends by itself when
# "stop" appears, or after so many generations that the test would have failed long before.
cat >"$t/hop" <<EOF
trap '' TERM HUP INT
hop() {
        [ ! -e $t/stop ] && [ "\$1" -lt 200000 ] && hop \$((\$1 + 1)) &
        exit
}
hop 1 &
hop 1 &
echo \$\$ >$t/pid
while [ ! -e $t/stop ]; do sleep 1; done
EOF
cat >"$t/hop.service" <<EOF
[Service]
TimeoutStopSec=1
ExecStart=/bin/sh $t/hop
EOF
is_over() { ! pgrep -xf "/bin/sh $t/hop" >/dev/null; }

start() {
        rm -f "$t/pid" "$t/stop"
        "$SVRUN" --unit "$t/hop.service" </dev/null >/dev/null 2>&1 &
        run_pid=$!
        own $run_pid
        within 10 test -s "$t/pid"
}

start
kill -TERM $run_pid
check 'a run ends though its processes replace themselves' yes "$(within 20 is_over && echo yes)"
touch "$t/stop"
wait $run_pid
start
kill -KILL $run_pid
check 'and when svrun was killed' yes "$(within 20 is_over && echo yes)"
touch "$t/stop"
wait $run_pid 2>/dev/null
within 20 is_over

# With svrun and its runner gone at the same instant, nobody is left who knows the processes; their control group does.
if [ -n "$(cgroup2)" ]; then
        "$SVRUN" -P sh -c 'setsid sh -c "sleep 1000 & exec sleep 1000" & sleep 1000' </dev/null >/dev/null 2>&1 &
        run_pid=$!
        own $run_pid
        within 10 pgrep -P $run_pid >/dev/null
        runner=$(pgrep -P $run_pid)
        group() { find "$(cgroup2)" -type d -name "svrun-*" -exec grep -lx "$1" {}/cgroup.procs \; 2>/dev/null; }
        first_of() { pgrep -P "$1" | head -n 1; }
        within 10 test -n "$(first_of "$runner")"
        has_two_children() { [ "$(pgrep -c -P "$(first_of "$1")")" -ge 2 ]; }
        within 10 has_two_children "$runner"
        procs=$(group "$(first_of "$runner")")
        check 'all its processes are in one control group' yes "$([ -n "$procs" ] && [ "$(wc -l <"$procs")" -ge 4 ] && echo yes)"
        kill -STOP $run_pid
        kill -KILL "$runner" $run_pid
        wait $run_pid 2>/dev/null
        check 'both killed: something survives' yes "$([ -n "$(cat "$procs")" ] && echo yes)"
        run "$SVRUN" true
        check 'and the next run ends it' gone "$([ -e "$procs" ] || echo gone)"
        check 'nothing is left behind' '' "$(left_by_runs)"

        # One that left the group is found by its parents; without such a one nobody has to look.
        check_run 'the end of one that left its control group' 0 "$SVRUN" -p TimeoutStopSec=1 sh -c "
                setsid sh -c 'trap \"\" TERM; echo 0 >$(cgroup2)/cgroup.procs; touch $t/left; sleep 61012; sleep 61012' &
                while [ ! -e $t/left ]; do sleep 0.05; done"
        check 'it is gone' '' "$(pgrep -f 'sleep 61012')"
        strace -qq -f -e trace=openat,write,openat2 -o "$t/trace" "$SVRUN" -p KillMode=mixed sh -c 'sleep 61013 &'
        check 'a control group is killed at once' 1 "$(grep -c 'write(.*"1", 1' "$t/trace")"
        check 'and nobody is looked for' 0 "$(grep -c 'openat.*"[0-9]*/stat"\|/children"' "$t/trace")"
else
        skip 'both killed' 'there is no control group hierarchy of version 2'
fi

# --- readiness is the unit's own to tell, also through a notifier that has ended already
cat >"$t/notify" <<'EOF'
import os, socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(sys.argv[2].encode(), sys.argv[1])
EOF
cat >"$t/notify.service" <<EOF
[Service]
Type=notify
NotifyAccess=all
TimeoutStartSec=10
TimeoutStopSec=1
ExecStart=/bin/sh -c 'while [ ! -e $t/go ]; do sleep 0.1; done; /usr/bin/python3 $t/notify "\$NOTIFY_SOCKET" READY=1; exec sleep 60'
ExecStartPost=/usr/bin/touch $t/started
EOF
notify_socket() { ls /run/svalinn/notify-*/socket 2>/dev/null; }
if [ -x /usr/bin/python3 ] && [ -z "$(notify_socket)" ]; then
        "$SVRUN" --unit "$t/notify.service" </dev/null >/dev/null 2>&1 &
        run_pid=$!
        own $run_pid
        within 10 notify_socket >/dev/null
        check_run 'a stranger reaches the socket' 0 as_user /usr/bin/python3 "$t/notify" "$(notify_socket)" READY=1
        sleep 0.5
        check 'a stranger cannot say READY=1' no "$([ -e "$t/started" ] || echo no)"
        touch "$t/go"
        check 'the unit can' yes "$(within 10 test -e "$t/started" && echo yes)"
        kill -TERM $run_pid
        wait $run_pid
else
        skip 'a stranger cannot say READY=1' 'python3 is missing, or another run is under way'
fi

# --- without /proc nothing could be ended, so nothing is started
check_run 'a host without /proc is refused' 226 unshare --mount sh -c "umount -l /proc; exec '$SVRUN' touch '$t/ran'"
check_match 'the message says why' '/proc is not mounted' "$said"
check 'the command was not executed' gone "$([ -e "$t/ran" ] || echo gone)"
# A runner that was stopped, as a process of the sandbox may do, ends everything nevertheless.
runner_of() { pgrep -P "$1"; }
"$SVRUN" -P sleep 1001 </dev/null >/dev/null 2>&1 &
run_pid=$!
own $run_pid
within 10 runner_of $run_pid >/dev/null
kill -STOP "$(runner_of $run_pid)"
kill -TERM $run_pid
status=0
wait $run_pid || status=$?
check 'a stopped runner ends its command when it is told to' 143 $status
"$SVRUN" -P sleep 1002 </dev/null >/dev/null 2>&1 &
run_pid=$!
own $run_pid
within 10 runner_of $run_pid >/dev/null
runner=$(runner_of $run_pid)
within 10 runner_of "$runner" >/dev/null
command=$(runner_of "$runner")
kill -STOP $run_pid "$runner"
kill -KILL $run_pid
wait $run_pid 2>/dev/null
is_gone() { ! kill -0 "$1" 2>/dev/null; }
check 'and when svrun was killed' yes "$(within 10 is_gone "$command" && echo yes)"
finish
