#!/bin/bash
# Protects the manager from a process that is stopped before it executes svexec: the manager waits for it, but not for
# long, and others are served then.
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs
cp "$STOP_CHILD" "$scratch/bin/stop-child"
container=$name
inside() { "$CONTAINER" enter "$container" "$@"; }

unit first.service 'ExecStart=/bin/sleep 1000.25'
unit stopped.service 'ExecStart=/bin/sleep 1001.25'
unit other.service 'ExecStart=/bin/sleep 1002.25'
begin_with first
becomes 'the manager works' 10 first.service State running
manager=$(inside pgrep -x svmanager)

# stop_next CALL: the next process that the manager makes stops there.
stop_next() {
        inside "$scratch/bin/stop-child" "$1" "$manager" >"$scratch/stopped" &
        tool=$!
        own $tool
        within 10 test -s "$scratch/stopped"
}
is_gone() { ! inside kill -0 "$1" 2>/dev/null; }
masking=14 # rt_sigprocmask(2), near the end
[ "$(uname -m)" = x86_64 ] || masking=135
for call in first $masking; do
        inside "$scratch/bin/svctl" daemon-reload
        stop_next "$call"
        inside "$scratch/bin/svctl" --no-block start stopped.service
        wait $tool
        check "$call: the stop" 0 $?
        child=$(sed -n 2p "$scratch/stopped")
        check_run "$call: others are served" 0 within 10 inside timeout 10 "$scratch/bin/svctl" start other.service
        check "$call: it is gone" yes "$(within 5 is_gone "$child" && echo yes)"
        is "$call: its service has failed" stopped.service 'failed resources'
        check "$call: the manager is the same" "$manager" "$(inside pgrep -x svmanager)"
        inside "$scratch/bin/svctl" stop other.service
done
start stopped.service
becomes 'it can be started afterwards' 10 stopped.service State running
ends_with poweroff.target 130
finish
