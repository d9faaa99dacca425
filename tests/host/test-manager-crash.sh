#!/bin/bash
# Protects what a kill of the manager must not cost: no service, status, restart, notification or descriptor, at whatever instant it comes.
# The shells of the units expand what stands between single quotes.
# shellcheck disable=SC2016
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs
rounds=${ROUNDS:-200}

# Each run of a service leaves a line "begin N" and, when it ends by itself, "end N": runs that overlap, or are
# left out, show in the file.
unit steady.service 'ExecStart=/bin/sh -c "echo x >>/run/steady; exec sleep 1000.25"'
unit steady-notify.service Type=notify NotifyAccess=all FileDescriptorStoreMax=4 \
        'ExecStart=/bin/sh -c "echo x >>/run/steady-notify; systemd-notify --ready; exec sleep 1000.25"'
unit crash.service Restart=always RestartSec=20ms \
        'ExecStart=/bin/sh -c "mkdir /run/crash.lock || echo overlap >>/run/wrong; echo x >>/run/crash; sleep 0.0$$(($$$$ % 5)); rmdir /run/crash.lock; kill -KILL $$$$"'
unit exits.service Restart=always RestartSec=10ms 'ExecStartPre=/bin/sh -c "echo pre >>/run/exits"' \
        'ExecStart=/bin/sh -c "echo main >>/run/exits; exit 3"' 'ExecStopPost=/bin/sh -c "echo post $EXIT_STATUS >>/run/exits"'
unit forks.service Type=forking Restart=always RestartSec=10ms 'ExecStart=/bin/sh -c "sleep 0.03 & echo x >>/run/forks; exit 0"'
unit notifies.service Type=notify NotifyAccess=all Restart=always RestartSec=10ms TimeoutStartSec=60s \
        'ExecStart=/bin/sh -c "echo x >>/run/notifies; systemd-notify --ready; exit 0"'
unit once.service Type=oneshot RemainAfterExit=yes 'ExecStart=/bin/sh -c "echo x >>/run/once; sleep 0.1"' 'ExecStart=/bin/sh -c "echo y >>/run/once"'
for name_of in crash exits forks notifies; do printf '[Unit]\nStartLimitIntervalSec=0\n' >>"$units/$name_of.service"; done
for i in 1 2 3 4 5 6 7 8; do
        unit "chain$i.service" Type=oneshot RemainAfterExit=yes "ExecStart=/bin/sh -c 'echo $i >>/run/chain; sleep 0.05'"
        [ "$i" = 1 ] || printf '[Unit]\nAfter=chain%d.service\nRequires=chain%d.service\n' $((i - 1)) $((i - 1)) >>"$units/chain$i.service"
done
# A descriptor in the store, and one to find it again.
cat >"$scratch/store.py" <<'END'
import os, socket, sys
names = os.environ.get('LISTEN_FDNAMES')
with open('/run/stored', 'a') as f:
    f.write(f'{names} {os.environ.get("LISTEN_FDS")}\n')
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(os.environ['NOTIFY_SOCKET'])
fd = os.open('/run/store-file', os.O_RDWR | os.O_CREAT)
if not names:
    socket.send_fds(s, [b'FDSTORE=1\nFDNAME=kept'], [fd])
s.send(b'READY=1')
import time
time.sleep(float(sys.argv[1]))
sys.exit(4)
END
unit stores.service Type=notify Restart=always RestartSec=10ms FileDescriptorStoreMax=4 "ExecStart=/usr/bin/python3 $scratch/store.py 2"
printf '[Unit]\nStartLimitIntervalSec=0\n' >>"$units/stores.service"
begin_with steady steady-notify crash exits forks notifies stores once chain8

# The killer lives inside, so that it is quick: a SIGKILL every 0 to 60 ms.
cat >"$scratch/killer.sh" <<'END'
n=0 old=
while [ $n -lt "$1" ]; do
        # a service has this name, too, before it is executed, but not this control group
        for pid in $(cat /sys/fs/cgroup/init.scope/cgroup.procs); do
                [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = svmanager ] && [ "$pid" != "$old" ] || continue
                kill -KILL "$pid" 2>/dev/null && old=$pid && n=$((n + 1))
        done
        sleep 0.$(printf '%03d' $((RANDOM % 160)))
done
END
began=$SECONDS
inside bash "$scratch/killer.sh" "$rounds"
echo "  $rounds kills in $((SECONDS - began)) s"
check_match 'each manager has a successor' "^$rounds\$" "$(grep -c 'the manager has ended with signal 9' "$log")"

becomes 'the first target is reached' 30 default.target Active active
check 'a steady service was started once' 1 "$(inside wc -l /run/steady | cut -d ' ' -f 1)"
is 'it runs' steady.service 'running success'
check 'so was one that notifies' 1 "$(inside wc -l /run/steady-notify | cut -d ' ' -f 1)"
is 'it runs' steady-notify.service 'running success'
check 'a oneshot ran each command once' 'x y' "$(inside cat /run/once | paste -sd ' ')"
check 'a chain of jobs was gone through once, in order' '1 2 3 4 5 6 7 8' "$(inside cat /run/chain | paste -sd ' ')"
check 'no two runs at once' '' "$(inside cat /run/wrong 2>/dev/null)"
more() {
        local before=$1
        [ "$(inside wc -l "/run/$2" | cut -d ' ' -f 1)" -gt "$before" ]
}
for name_of in crash exits forks notifies; do
        before=$(inside wc -l "/run/$name_of" | cut -d ' ' -f 1)
        if within 10 more "$((before + 2))" "$name_of"; then
                passed "$name_of.service is still being restarted, after $before lines"
        else
                failed "$name_of.service is still being restarted" "$(inside cat "$records/$name_of.service")" "$(grep "$name_of" "$log" | tail -n 5)"
        fi
done
stop exits.service crash.service forks.service notifies.service
for name_of in exits crash forks notifies; do
        within 10 inside test ! -e "/sys/fs/cgroup/system.slice/$name_of.service"
        check "a stop of $name_of.service" 0 $?
done
# every run is "pre", "main", "post 3"; a stop may cut the last one off
check 'no command was left out or doubled' '' \
        "$(inside cat /run/exits | paste -sd ' ' | sed 's/pre main post 3 //g; s/ *$//' | grep -vE '^(pre( main)?)?( ?post( [0-9]+)?)?$')"
check 'no process is left over' '' "$(inside sh -c 'for u in exits crash forks notifies; do cat /sys/fs/cgroup/system.slice/$u.service/cgroup.procs 2>/dev/null; done')"
check 'a stored descriptor is handed out at each start but the first' "$(inside sh -c 'echo $(($(wc -l </run/stored) - 1))')" \
        "$(inside grep -c '^kept 1$' /run/stored)"
becomes 'its service' 10 stores.service State running
fds=$(inside sh -c 'ls /proc/$(pidof svmanager)/fd | wc -l')
check 'the descriptors of the manager are few' yes "$([ "$fds" -le 20 ] && echo yes || echo "$fds")"
kept=$(inside sh -c 'ls /proc/1/fd | wc -l')
check 'so are those that svinit keeps' yes "$([ "$kept" -le 20 ] && echo yes || echo "$kept")"
check 'nothing was said about records' '' "$(grep -E 'record|cannot begin|no message' "$log")"
ends_with poweroff.target 130
finish
