#!/bin/bash
# Protects what the manager keeps for services, and whom it watches: descriptors whose other end has gone, a store that is full, a main
# process that is somebody else's child, and the commands that follow a SIGKILL.
# The shells of the units expand what stands between single quotes.
# shellcheck disable=SC2016
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs

cat >"$scratch/store.py" <<'END'
import os, socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(os.environ['NOTIFY_SOCKET'])
def store(words, fd):
    socket.send_fds(s, [b'FDSTORE=1\nFDNAME=' + words.encode()], [fd])
if sys.argv[1] == 'ends':
    polled, kept = socket.socketpair(), socket.socketpair()
    store('polled', polled[0].fileno())
    store('kept\nFDPOLL=0', kept[0].fileno())
    store('file', os.memfd_create('file'))
    s.send(b'READY=1')
    while not os.path.exists('/run/close'):
        time.sleep(0.05)
    polled[1].close()
    kept[1].close()
else:
    for i in range(int(sys.argv[1])):
        fd = os.memfd_create('many')
        store('many', fd)
        os.close(fd)
    s.send(b'READY=1')
time.sleep(1000)
END
unit polls.service Type=notify FileDescriptorStoreMax=8 "ExecStart=/usr/bin/python3 $scratch/store.py ends"
unit hog.service Type=notify FileDescriptorStoreMax=3000 TimeoutStartSec=60 "ExecStart=/usr/bin/python3 $scratch/store.py 1700"
unit modest.service 'ExecStart=/bin/sleep 1000.25'
# The shell stays its parent, so that svinit hears nothing of its end.
unit stranger.service Type=notify NotifyAccess=all ExitType=main 'ExecStopPost=/bin/sh -c "echo $SERVICE_RESULT >/run/stranger.log"' \
        'ExecStart=/bin/sh -c "(sleep 3; exit 0) & systemd-notify --ready MAINPID=$$!; sleep 1006.25 & wait; exec sleep 1007.25"'
unit deaf.service TimeoutStopSec=300ms 'ExecStopPost=/bin/sh -c "sleep 0.3; echo post $EXIT_CODE $EXIT_STATUS >/run/deaf.log"' \
        'ExecStart=/bin/sh -c "trap : TERM; (trap : TERM; while :; do sleep 0.1; done) & while :; do sleep 0.1; done"'
begin_with polls deaf
becomes 'the store has its descriptors' 10 polls.service State running
stored() { inside sed -n 's/^[A-Za-z]*Fd=[0-9]* //p' "$records/$1" | sort | paste -sd ' '; }
check 'all of them' 'file kept polled' "$(stored polls.service)"

inside pkill -KILL -x svmanager
inside touch /run/close
is_left() { [ "$(stored polls.service)" = "$1" ]; }
within 10 is_left 'file kept'
check 'FDPOLL=: one whose other end has gone is removed, also by the next manager' 'file kept' "$(stored polls.service)"

becomes 'a deaf service runs' 5 deaf.service State running
stop deaf.service
becomes 'it is killed' 10 deaf.service State failed
check 'what follows SIGKILL in the same control group runs' 'post killed KILL' "$(inside cat /run/deaf.log)"

start stranger.service
becomes 'a main process that is the child of another' 10 stranger.service State running
main=$(value stranger.service MainPid)
check_not 'is no child of svinit' 1 "$(inside sed -n 's/^PPid:\t//p' "/proc/$main/status")"
inside pkill -KILL -x svmanager
becomes 'its end is noticed, also by the next manager' 15 stranger.service State dead
check 'and its service is stopped' success "$(inside cat /run/stranger.log)"

start hog.service
becomes 'a service that wants too much kept' 60 hog.service State running
check_match 'is told that there is no room' 'hog.service: a descriptor that it wants kept is refused: svinit keeps as many as it can' "$(cat "$log")"
start modest.service
becomes 'others can still be started' 10 modest.service State running
inside pkill -KILL -x svmanager
within 10 inside "$scratch/bin/svctl" is-active modest.service >/dev/null
check 'and the next manager takes all over' active "$(inside "$scratch/bin/svctl" is-active hog.service)"
stop hog.service
becomes 'it can be stopped' 20 hog.service State dead
kept=$(inside sh -c 'ls /proc/1/fd | wc -l')
check 'what was kept is gone' yes "$([ "$kept" -le 30 ] && echo yes || echo "$kept")"
ends_with poweroff.target 130
finish
