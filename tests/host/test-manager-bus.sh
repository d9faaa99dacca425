#!/bin/bash
# Protects what systemctl sees of the real manager: Debian's systemctl drives services under svinit as PID 1.
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs
need_tool systemctl
export SYSTEMD_PAGER='' SYSTEMD_COLORS=0 LC_ALL=C

unit first.service 'ExecStart=/bin/sleep 1000.25' 'ExecReload=/bin/sh -c "echo reload >>/run/first.log"'
unit other.service Type=notify NotifyAccess=all \
        'ExecStart=/bin/sh -c "systemd-notify --ready --status=well; exec sleep 1000.5"'
unit bad.service Type=oneshot 'ExecStart=/bin/sh -c "exit 3"'
unit late.service Type=oneshot 'ExecStart=/bin/sleep 2'
target small.target AllowIsolate=yes Wants=first.service
begin_with first
becomes 'the first service runs' 10 first.service State running

container=$name
ctl() { "$CONTAINER" enter "$container" systemctl "$@"; }
show() { ctl show -P "$2" "$1"; }

check_run 'list-units' 0 ctl list-units
check_match 'the service is there' 'first.service *loaded active running' "$output"
check_run 'status' 0 ctl status first.service
check_match 'its main process' "Main PID: $(value first.service MainPid) \(sleep\)" "$output"
check_match 'its processes' 'sleep 1000.25' "$output"
check_run 'start' 0 ctl start other.service
check 'it runs' running "$(show other.service SubState)"
check 'it says' well "$(show other.service StatusText)"
check_run 'start of what fails' 1 ctl start bad.service
check_match 'systemctl knows why' 'exited with error code' "$said"
check 'the status' '3' "$(show bad.service ExecMainStatus)"
check_run 'is-failed' 0 ctl is-failed bad.service
check_run 'reset-failed' 0 ctl reset-failed bad.service
check_run 'and then' 1 ctl is-failed bad.service
check_run 'a start is waited for' 0 ctl start late.service
check_run 'reload' 0 ctl reload first.service
check 'has run its command' reload "$(inside cat /run/first.log)"
before=$(show first.service MainPID)
check_run 'restart' 0 ctl restart first.service
check_not 'is another process' "$before" "$(show first.service MainPID)"
check_run 'kill' 0 ctl kill -s KILL other.service
becomes 'has hit' 5 other.service State failed
check 'the result' signal "$(show other.service Result)"
check_run 'stop' 0 ctl stop first.service
check_run 'is-active' 3 ctl is-active first.service
check_run 'isolate' 0 ctl isolate small.target
check 'started what it wants' active "$(ctl is-active first.service)"
check_run 'set-property' 0 ctl set-property --runtime first.service Description=renamed
check 'has an effect' renamed "$(show first.service Description)"
unit new.service 'ExecStart=/bin/sleep 1000.75'
check_run 'daemon-reload' 0 ctl daemon-reload
check_run 'a new unit' 0 ctl start new.service

# --- the manager may be replaced at any time
main=$(show first.service MainPID)
check_run 'daemon-reexec' 0 ctl daemon-reexec
check_run 'another manager answers' 0 ctl is-active first.service
check 'and knows what ran' "$main" "$(show first.service MainPID)"
inside pkill -KILL -x svmanager
check_run 'also after a crash' 0 ctl is-active first.service
check 'and knows what runs' "$main" "$(show first.service MainPID)"
ctl start --no-block late.service
inside pkill -KILL -x svmanager
becomes 'a job that was promised is done' 10 late.service State dead
check 'by the manager after' success "$(show late.service Result)"

# --- a group that may look
member() { "$CONTAINER" enter "$container" setpriv --reuid=65533 --regid=65533 --groups=64242 --inh-caps=-all -- timeout 20 "$scratch/bin/svctl" "$@"; }
check_run 'nobody but root may look at first' 1 member is-active first.service
inside sh -c 'mkdir -p /etc/svalinn && printf "[Manager]\nBusReadGroup=watchers\n" >/etc/svalinn/manager.conf && echo "watchers:x:64242:" >>/etc/group'
check_run 'daemon-reexec' 0 ctl daemon-reexec
check_run 'root is answered' 0 ctl is-active first.service
check_run 'a member of the group may look' 0 member status first.service
check_match 'sees the processes' 'sleep 1000.25' "$output"
check_run 'and stops nothing' 4 member stop first.service
check_match 'is told why' 'StopUnit\(\) is for root only' "$said"
check_run 'another user may not look' 1 "$CONTAINER" enter "$container" setpriv --reuid=65533 --regid=65533 --clear-groups --inh-caps=-all -- "$scratch/bin/svctl" is-active first.service
inside sh -c 'echo BusReadGroup=nonsense >>/etc/svalinn/manager.conf'
check_run 'daemon-reexec with a group that is not there' 0 ctl daemon-reexec
check_run 'root is answered' 0 ctl is-active first.service
check_run 'and nobody else' 1 member is-active first.service
check_match 'the file, line and setting are named' 'manager.conf:3:? ?BusReadGroup=.*there is no group "nonsense"' "$(grep manager.conf "$log")"

# --- the end
target poweroff.target
target shutdown.target
ctl poweroff --force --no-wall >/dev/null 2>&1 # may itself be among those that are killed
wait "$running"
check 'poweroff --force has ended all' 130 $?
finish
