#!/bin/bash
# Protects transient services and scopes: Debian's systemd-run makes them, and a manager that is killed loses none.
# The shells inside expand what stands between single quotes.
# shellcheck disable=SC2016
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs
need_tool systemctl systemd-run busctl
export SYSTEMD_PAGER='' SYSTEMD_COLORS=0 LC_ALL=C

container=$name
inside() { "$CONTAINER" enter "$container" "$@"; }
ctl() { inside systemctl "$@"; }
show() { ctl show -P "$2" "$1"; }
# to_run ARGUMENT...: systemd-run; what it asks of a bus daemon our socket answers.
to_run() { inside env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/systemd/private systemd-run "$@"; }
# call METHOD SIGNATURE ARGUMENT...
call() { inside busctl --address=unix:path=/run/systemd/private call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager "$@"; }
killed() { inside pkill -KILL -x svmanager; }
transient=/run/svalinn/transient

unit first.service 'ExecStart=/bin/sleep 1000.25'
for i in sysinit basic shutdown; do target $i.target; done
more_units=$transient
begin_with first
becomes 'the manager works' 10 first.service State running

# --- services
check_run 'a command' 0 to_run --unit=one sh -c 'echo "$$((1 + 1)) 100% done; \"q\"" >/run/one'
within 5 inside test -s /run/one
check 'its words' '2 100% done; "q"' "$(inside cat /run/one)"
check_run 'the same name again, as it is over' 0 to_run --unit=one sleep 1000.5
check 'it runs' 'active running' "$(ctl is-active one.service) $(show one.service SubState)"
check 'as a transient unit' "yes $transient/one.service" "$(show one.service Transient) $(show one.service FragmentPath)"
check_run 'a name that is in use' 1 to_run --unit=one true
check_match 'is refused' 'already loaded' "$said"
check_run 'a name that has a file' 1 to_run --unit=first true
check_run 'properties' 0 to_run --unit=two -p Description=some%thing -p MemoryMax=64M -p 'Environment="A=b c"' -p RuntimeMaxSec=1000 \
        -p SystemCallFilter=~@clock -p Type=exec -p WorkingDirectory=/run -p CollectMode=inactive-or-failed sh -c 'echo "$$A $$PWD" >/run/two; sleep 1000.75'
within 5 inside test -s /run/two
check 'have an effect' 'b c /run' "$(inside cat /run/two)"
check 'are shown' 'some%thing 67108864' "$(show two.service Description) $(show two.service MemoryMax)"
check_run 'a property that is wrong' 1 to_run --unit=three -p Slice=no/slice true
check_run 'a property that nobody knows' 1 to_run --unit=three -p Nonsense=yes true
check 'makes no unit' not-found "$(show three.service LoadState)"
check_run 'a line end in a value' 1 call StartTransientUnit 'ssa(sv)a(sa(sv))' evil.service replace 2 Description s $'x\n[Service]\nExecStart=/bin/touch /run/evil' ExecStart 'a(sasb)' 1 /bin/true 1 /bin/true false 0
check_run 'a backslash at its end' 1 call StartTransientUnit 'ssa(sv)a(sa(sv))' evil.service replace 2 Description s x\\ ExecStart 'a(sasb)' 1 /bin/true 1 /bin/true false 0
check_run 'a type that cannot be' 1 call StartTransientUnit 'ssa(sv)a(sa(sv))' evil.socket replace 0 0
check_run 'a name that is none' 1 call StartTransientUnit 'ssa(sv)a(sa(sv))' ../evil.service replace 0 0
check_run 'a start that is refused when all else was done' 1 call StartTransientUnit 'ssa(sv)a(sa(sv))' evil.service nonsense 1 ExecStart 'a(sasb)' 1 /bin/true 1 /bin/true false 0
check_run 'and one whose companion is wrong' 1 call StartTransientUnit 'ssa(sv)a(sa(sv))' evil.service replace 1 ExecStart 'a(sasb)' 1 /bin/true 1 /bin/true false 1 evil.timer 0
check 'makes no unit, either' not-found "$(show evil.service LoadState)"
check_run 'what makes no unit as a whole' 1 call StartTransientUnit 'ssa(sv)a(sa(sv))' evil.service replace 2 Type s simple ExecStart 'a(sasb)' 2 /bin/true 1 /bin/true false /bin/true 1 /bin/true false 0
check_match 'says why' 'several commands in ExecStart=' "$said"
check 'none of them left a file' '' "$(inside sh -c "ls $transient | grep -e evil -e three")"
check_run '--wait: well' 0 to_run --wait --quiet true
check_run '--wait: not well' 7 to_run --wait --quiet sh -c 'exit 7'

# --- scopes
"$CONTAINER" enter "$container" env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/systemd/private systemd-run --scope --unit=four -p MemoryMax=32M sleep 1000.125 >/dev/null 2>&1 &
own $!
becomes 'a scope' 10 four.scope State running
check_match 'has its process in its group' '/system.slice/four.scope$' "$(inside sh -c 'tail -n 1 /proc/$(pgrep -f "[s]leep 1000.125")/cgroup')"
check 'and its limits' 33554432 "$(show four.scope MemoryMax)"
check_run 'list-units' 0 ctl list-units -t scope
check_match 'shows it' 'four.scope +loaded active running' "$output"
killed
check 'another manager knows it' running "$(show four.scope SubState)"
check_run 'it can be left alone' 0 call AbandonScope s four.scope
check 'and says so' abandoned "$(show four.scope SubState)"
check_run 'stop' 0 ctl stop four.scope
check 'has ended its process' '' "$(inside pgrep -f '[s]leep 1000.125')"
inside sleep 3 &
own $!
within 5 inside pgrep -f '^sleep 3$' >/dev/null
check_run 'a scope of a process that ends' 0 call StartTransientUnit 'ssa(sv)a(sa(sv))' five.scope fail 1 PIDs au 1 "$(inside pgrep -f '^sleep 3$')" 0
becomes 'runs' 5 five.scope State running
is_gone() { [ "$(show "$1" ActiveState)" = inactive ]; }
check_run 'and ends with it' 0 within 10 is_gone five.scope
call StartTransientUnit 'ssa(sv)a(sa(sv))' six.scope fail 1 PIDs au 1 999999 0 >/dev/null
becomes 'a scope without a process' 5 six.scope State failed
inside sleep 1000.625 &
own $!
within 5 inside pgrep -f '^sleep 1000.625' >/dev/null
call StartTransientUnit 'ssa(sv)a(sa(sv))' seven.scope fail 2 PIDs au 1 "$(inside pgrep -f '^sleep 1000.625')" RuntimeMaxUSec t 1000000 0 >/dev/null
becomes 'RuntimeMaxSec=' 10 seven.scope Result timeout

# --- the manager dies
main=$(show one.service MainPID)
for i in 1 2 3 4 5; do
        to_run --no-block --unit="crash-$i" sleep 1000.375 >/dev/null 2>&1
        killed
done
check 'what ran, runs' "$main" "$(show one.service MainPID)"
for i in 1 2 3 4 5; do
        becomes "a start that was promised ($i)" 10 "crash-$i.service" State running
done
inside sh -c "echo >$transient/orphan.service"
killed
check_run 'a file of which there is no unit' 0 within 10 inside test ! -e "$transient/orphan.service"
check 'goes alone' "$main" "$(show one.service MainPID)"
ctl stop one.service
within 20 inside test ! -e "$transient/one.service"
check 'the file goes with the unit' not-found "$(show one.service LoadState)"
ends_with poweroff.target 130
finish
