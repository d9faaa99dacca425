#!/bin/bash
# Protects all units from one whose record cannot be written: that one is not started, which is said once, and the others go on, also under
# the next manager.
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs

unit first.service 'ExecStart=/bin/sleep 1000.25'
unit bad.service 'ExecStart=/bin/sleep 1000.5'
unit good.service 'ExecStart=/bin/sleep 1000.75'
unit stale.service 'ExecStart=/bin/sleep 1001.25'
for i in 1 2 3; do unit "more$i.service" "ExecStart=/bin/sleep 1001.$i"; done
begin_with first
becomes 'the manager works' 10 first.service State running
status_of() { inside "$scratch/bin/svctl" is-active "$1"; }
is_active() { [ "$(status_of "$1")" = "$2" ]; }
within_is() { if within 8 is_active "$2" "$3"; then passed "$1"; else failed "$1" "$2 is $(status_of "$2")"; fi; }

inside mkdir "$records/bad.service"
start bad.service
start good.service more1.service
becomes 'another unit starts' 8 good.service State running
becomes 'and one more' 8 more1.service State running
within_is 'the one without a record does not' bad.service failed
check 'that is said once, with the path' "svmanager: bad.service: its record $records/bad.service cannot be written: Is a directory" "$(grep 'its record' "$log")"
check 'nothing of it runs' '' "$(inside pgrep -f '[s]leep 1000.5')"
main=$(value good.service MainPid)
inside pkill -KILL -x svmanager
start more2.service
becomes 'the next manager starts others, too' 10 more2.service State running
check 'and knows what runs' "$main" "$(value good.service MainPid)"
stop good.service
becomes 'a stop' 8 good.service State dead
inside rmdir "$records/bad.service"
start bad.service
becomes 'it starts when its record can be written again' 8 bad.service State running

# Its end is acknowledged, and nobody could write it down.
start stale.service
becomes 'a service' 8 stale.service State running
inside mount --bind "$records/stale.service" "$records/stale.service"
stop stale.service
within_is 'a stop without a record' stale.service inactive
start more3.service
becomes 'holds nobody up' 8 more3.service State running
inside pkill -KILL -x svmanager
within_is 'the next manager finds out' stale.service inactive
inside umount "$records/stale.service"
ends_with poweroff.target 130
finish
