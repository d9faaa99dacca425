#!/bin/bash
# Protects that a run ends when it is told to, whatever its processes do against it: nothing that was started survives,
# and nothing that was not started is hit.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
need_tool pgrep
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
finish
