#!/bin/bash
# Protects that a process which is stopped before it becomes the command keeps nobody: timeouts count, a signal to stop
# does, and when svrun is killed it goes, too. The stop comes at its first instruction, while it sets the sandbox up,
# and after it has said that it is ready.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
t=$scratch/t
mkdir -p "$t"
chmod 777 "$t"
stopper=$(reach "$STOP_CHILD")
as=()
is_gone() { ! kill -0 "$1" 2>/dev/null; }
is_stopped() { [ "$(cut -d ' ' -f 3 "/proc/$1/stat" 2>/dev/null)" = T ]; }
child_of() { pgrep -P "$1"; }

# stopped CALL SVRUN-ARGUMENT...: starts svrun and sets $tool, $run_pid, $runner and $child, which is stopped.
stopped() {
        rm -f "$t/ran" "$t/post" "$t/pid"
        "${as[@]}" "$stopper" "$1" 2 "${after:-0}" "$SVRUN_COPY" "${@:2}" >"$t/pid" 2>"$t/said" </dev/null &
        tool=$!
        own $tool
        within 10 test -s "$t/pid" || echo "not stopped: $(cat "$t/said")"
        child=$(cat "$t/pid")
        run_pid=$(child_of $tool)
        runner=$(child_of "$run_pid")
        own "$run_pid" "$runner" "$child"
        check "$what: the child is the runner's, and stopped" "$child yes" \
                "$(child_of "$runner") $(within 5 is_stopped "$child" && echo yes)"
}

# ended STATUS: all of them are gone, the command was not executed, and svrun ended so.
ended() {
        local status=0
        within 10 is_gone "$run_pid" || kill -KILL "$run_pid"
        wait $tool || status=$?
        check "$what: exit status" "$1" $status
        check "$what: the child is gone" yes "$(within 5 is_gone "$child" && echo yes)"
        check "$what: the runner is gone" yes "$(within 5 is_gone "$runner" && echo yes)"
        check "$what: the command did not run" gone "$([ -e "$t/ran" ] || echo gone)"
        # whatever stays stopped must not stay after the test
        kill -KILL "$child" "$runner" 2>/dev/null
}

SVRUN_COPY=$(reach "$SVRUN")
cat >"$t/one.service" <<EOF
[Service]
TimeoutStartSec=1
ExecStart=/usr/bin/touch $t/ran
EOF
cat >"$t/several.service" <<EOF
[Service]
TimeoutStartSec=1
ExecStartPre=/usr/bin/touch $t/ran
ExecStart=/bin/true
ExecStopPost=/bin/sh -c 'echo \$SERVICE_RESULT >$t/post'
EOF
declare -A at=([first]=first [setsid]=112 [report]=46) # of x86-64
[ "$(uname -m)" = x86_64 ] || at=([first]=first [setsid]=157 [report]=211)

# killed_and_stopped WHO NAME: what holds at every instruction.
killed_and_stopped() {
        what="$1 $2, svrun killed"
        stopped "${at[$2]}" -P touch "$t/ran"
        kill -KILL "$run_pid"
        ended 137
        what="$1 $2, told to stop"
        stopped "${at[$2]}" -P -p TimeoutStopSec=100ms touch "$t/ran"
        kill -TERM "$run_pid"
        ended 137
        [ "$1" = user ] || check "$what: nothing is left behind" '' "$(left_by_runs)"
}

# units WHO NAME: with one command, which shares the runner's memory, and with several, which do not.
units() {
        what="$1 $2, timeout of a unit"
        stopped "${at[$2]}" --unit "$t/one.service"
        ended 137
        what="$1 $2, timeout of a unit with several commands"
        stopped "${at[$2]}" --unit "$t/several.service"
        ended 124
        check "$what: ExecStopPost= ran" timeout "$(cat "$t/post")"
        what="$1 $2, svrun killed in a unit with several commands"
        stopped "${at[$2]}" --unit "$t/several.service" -p TimeoutStartSec=60
        kill -KILL "$run_pid"
        ended 137
}

if [ "$(id -u)" = 0 ]; then
        for name in first setsid report; do
                killed_and_stopped root $name
        done
        units root setsid
        what='report, timeout of a unit'
        stopped "${at[report]}" --unit "$t/one.service"
        ended 124
        what='a copy, svrun killed'
        stopped "${at[setsid]}" -P -p OOMScoreAdjust=100 touch "$t/ran"
        kill -KILL "$run_pid"
        ended 137
        what='the runner killed'
        stopped "${at[setsid]}" -P touch "$t/ran"
        kill -KILL "$runner"
        ended 137
        what='svrun and its runner killed'
        stopped "${at[setsid]}" -P touch "$t/ran"
        kill -STOP "$run_pid"
        kill -KILL "$runner" "$run_pid"
        ended 137
        what='the child killed'
        stopped "${at[setsid]}" -P touch "$t/ran"
        kill -KILL "$child"
        ended 203
        check "$what: nothing is left behind" '' "$(left_by_runs)"
        check_match "$what: that is said" 'was killed by SIGKILL before it could' "$(cat "$t/said")"
        what='the process that maps ids, svrun killed'
        stopped "${at[first]}" -P -p DynamicUser=yes -p StateDirectory=svtest-stopped touch "$t/ran"
        kill -KILL "$run_pid"
        ended 137
        rm -rf /var/lib/private/svtest-stopped /var/lib/svtest-stopped
        what='it goes on'
        stopped "${at[setsid]}" -P true
        kill -CONT "$child"
        ended 0
        run "$SVRUN" true
        check 'nothing is left behind' '' "$(left_by_runs)"
        as=(setpriv --reuid=65533 --regid=65533 --clear-groups --inh-caps=-all --)
fi
killed_and_stopped user setsid
units user setsid

# Whether such a limit can be had at all is asked, after the first try, in a second child of the runner.
# shellcheck disable=SC2016 # the shell expands it
as+=(sh -c 'ulimit -n 100; exec "$@"' sh)
what='the process that asks, svrun killed'
after=1
stopped "${at[first]}" -P -p Enforce=warn -p LimitNOFILE=200 touch "$t/ran"
kill -KILL "$run_pid"
ended 137
finish
