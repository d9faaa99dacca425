#!/bin/bash
# Protects the group that may look at the manager: its members see everything, change nothing and use up little;
# others do not get in.
# shellcheck source=tests/host/lib.sh
[ "$(id -u)" != 0 ] || [ "${1:-}" = inside ] || exec unshare -m "$0" inside
. "$(dirname "$0")/lib.sh"
need_root
need_tool systemctl python3 busctl setpriv

mount -t tmpfs none /run && mkdir -p /run/systemd/system
export SYSTEMD_IGNORE_CHROOT=1 SYSTEMD_PAGER='' SYSTEMD_COLORS=0 LC_ALL=C
units=$scratch/units
group=64242
mkdir "$units"
for name in a b fail stuck; do
        printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' >"$units/$name.service"
done
for name in basic sysinit shutdown multi-user; do
        printf '[Unit]\nDescription=%s\n' "$name" >"$units/$name.target"
done
# What is reserved only must not be filled: its size is looked at.
MALLOC_PERTURB_=0 "$BUS_SERVER" "$units" /run/systemd/private "$units" "$group" >"$scratch/server" 2>&1 &
server=$!
own $server
within 10 grep -q ready "$scratch/server" || failed 'the server starts' "$(cat "$scratch/server")"
check 'the socket is that of the group' "660 0 $group" "$(stat -c '%a %u %g' /run/systemd/private)"
ctl=$(reach "$SVCTL")

# a member by its own group, or by a further one
reader() { setpriv --reuid=65533 --regid=65533 --groups="$group" --inh-caps=-all -- timeout 60 "$@"; }
primary() { setpriv --reuid=65533 --regid="$group" --clear-groups --inh-caps=-all -- "$@"; }

check_run 'start, by root' 0 "$SVCTL" start a
check_run 'list-units' 0 reader "$ctl" list-units
check_match 'has all' 'a.service +loaded active running' "$output"
check_run 'by the group of the process' 0 primary "$ctl" is-active a
check_run 'status' 0 reader "$ctl" status a
check_run 'status of what is not loaded yet' 3 reader "$ctl" status b
check 'show' 'Id=a.service' "$(reader "$ctl" show -p Id a)"
check_run 'show of the manager' 0 reader "$ctl" show
check_run 'list-dependencies' 0 reader "$ctl" list-dependencies a
check_run 'list-jobs' 0 reader "$ctl" list-jobs
check_run 'is-system-running --wait' 0 reader timeout 10 "$ctl" is-system-running --wait
# systemctl of other users goes to the system bus, so it is told that this is one
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/systemd/private
check_run 'systemctl show' 0 reader systemctl show a.service
check_run 'systemctl status' 0 reader systemctl status a.service
check_run 'systemctl list-units' 0 reader systemctl list-units
check_run 'systemctl list-unit-files' 0 reader systemctl list-unit-files
check_run 'systemctl start' 4 reader systemctl --no-ask-password start b
unset DBUS_SYSTEM_BUS_ADDRESS
check_run 'introspection' 0 reader busctl --address=unix:path=/run/systemd/private introspect org.freedesktop.systemd1 /org/freedesktop/systemd1/unit/a_2eservice

for verb in 'start b' 'stop a' 'restart a' 'reload a' 'kill a' 'reset-failed' 'cancel' 'daemon-reload' 'set-property a Nice=3' \
        'set-environment A=b' 'poweroff -f' 'isolate multi-user.target'; do
        # shellcheck disable=SC2086 # words are meant
        check_run "$verb" 4 reader "$ctl" $verb
        check_match 'is refused' '^svctl: cannot .* is for root only' "$said"
done
check_run 'daemon-reexec' 1 reader "$ctl" daemon-reexec
object=/org/freedesktop/systemd1
call() { reader busctl --address=unix:path=/run/systemd/private call org.freedesktop.systemd1 "$object${1#.}" "org.freedesktop.systemd1.$2" "${@:3}"; }
"$SVCTL" --no-block start stuck
for method in '/unit/a_2eservice Unit Stop s replace' '/unit/a_2eservice Unit Ref' '/unit/a_2eservice Unit Kill si all 9' \
        '/unit/a_2eservice Unit ResetFailed' '/unit/a_2eservice Unit SetProperties ba(sv) true 0' \
        "/job/$("$SVCTL" show -P Job stuck) Job Cancel" '. Manager Subscribe' '. Manager RefUnit s a.service' \
        '. Manager EnableUnitFiles asbb 1 b.service true false' '. Manager EnqueueUnitJob sss a.service stop replace' \
        '. Manager StartTransientUnit ssa(sv)a(sa(sv)) x.service fail 0 0' '. Manager Exit'; do
        # shellcheck disable=SC2086 # words are meant
        check_run "$method" 1 call $method
        check_match 'is refused, too' 'Access denied' "$said"
done
check 'nothing was done' 'active' "$("$SVCTL" is-active a)"
check 'nor asked for' '' "$(grep -E 'kill|end|reload|reexecute|apply' "$scratch/server")"

# --- who is in no group
check_run 'another user' 1 as_user "$ctl" list-units
check_match 'is told who may' '^svctl: the manager talks to root only' "$said"
chmod 666 /run/systemd/private
check_run 'also where the socket is open' 1 as_user "$ctl" list-units
chmod 660 /run/systemd/private

# --- members that mean no good
python=$scratch/bus-reader.py
install -m 755 "$(dirname "$0")/bus-reader.py" "$python"
check_run 'a hostile member' 0 reader /usr/bin/python3 "$python" /run/systemd/private $server
check 'is kept in bounds' 'crowd: bounded greedy: bounded huge: bounded loads: bounded busy: bounded' "$(paste -sd ' ' <<<"$output")"
check_run 'root is served' 0 timeout 10 "$SVCTL" is-active a
served() { reader "$ctl" is-active a >/dev/null 2>&1; }
check_run 'and members again, after a while' 0 within 30 served
kill $server
wait $server
check 'the server has ended in peace' 0 $?
umount /run
finish
