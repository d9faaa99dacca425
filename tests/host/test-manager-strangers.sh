#!/bin/bash
# Protects the manager from what everybody may send it: descriptors whose last close sleeps, by a socket that lingers
# and by a file system whose server does not answer. And svinit from a manager that hangs while nothing happens but
# that somebody wants something of it.
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs

cat >"$scratch/passer.py" <<'END_OF_PASSER'
import ctypes, os, socket, struct, sys, time

notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.connect('/run/svalinn/notify')

def lingering():
    """A socket with data that nobody will ever read, and 100 seconds to wait for that."""
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    client = socket.socket()
    client.connect(listener.getsockname())
    peer, _ = listener.accept()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 100))
    client.setblocking(False)
    try:
        while True:
            client.send(b'x' * 65536)
    except BlockingIOError:
        pass
    return client.detach(), (listener, peer)

def answer(fuse, unique, data):
    os.write(fuse, struct.pack('=IiQ', 16 + len(data), 0, unique) + data)

def serve(fuse):
    """Answers INIT, LOOKUP, GETATTR and OPEN, and nothing that comes when a file is closed."""
    attr = struct.pack('=QQQQQQIIIIIIIIII', 2, 0, 0, 0, 0, 0, 0, 0, 0, 0o100644, 1, 0, 0, 0, 4096, 0)
    while True:
        request = os.read(fuse, 1 << 20)
        code, unique = struct.unpack_from('=4xIQ', request)
        if code == 26:
            answer(fuse, unique, struct.pack('=IIIIHHIIHHIIII', 7, 31, 65536, 0, 0, 0, 65536, 1, 0, 0, 0, 0, 0, 0) + bytes(16))
        elif code == 1:
            answer(fuse, unique, struct.pack('=QQQQII', 2, 0, 0, 0, 0, 0) + attr)
        elif code == 3:
            answer(fuse, unique, struct.pack('=QII', 0, 0, 0) + attr)
        elif code == 14:
            answer(fuse, unique, struct.pack('=QII', 1, 0, 0))

def unflushed():
    libc = ctypes.CDLL(None, use_errno=True)
    fuse = os.open('/dev/fuse', os.O_RDWR)
    os.makedirs('/run/unflushed', exist_ok=True)
    options = f'fd={fuse},rootmode=40000,user_id=0,group_id=0'.encode()
    if libc.mount(b'none', b'/run/unflushed', b'fuse', 0, options) < 0:
        raise OSError(ctypes.get_errno(), 'mount')
    if os.fork() == 0:
        serve(fuse)
    os.close(fuse)
    return os.open('/run/unflushed/file', os.O_RDWR), None

fd, rest = lingering() if sys.argv[1] == 'lingers' else unflushed()
for _ in range(int(sys.argv[2])):
    socket.send_fds(notify, [b'X=1'], [fd])
# Ours is not closed by us: a process that ends does it.
if os.fork() == 0:
    open('/run/sent-' + sys.argv[1], 'w').close()
    if sys.argv[1] == 'lingers':
        os.close(fd)
    time.sleep(1000)
if sys.argv[1] == 'lingers':
    os.close(fd)
time.sleep(1000)
END_OF_PASSER

unit quiet.service Type=notify NotifyAccess=all 'ExecStart=/bin/sh -c "systemd-notify --ready; exec sleep 1003.5"'
unit says.service Type=notify NotifyAccess=all 'ExecStart=/bin/sh -c "systemd-notify --ready --status=heard; exec sleep 1004.5"'
target default.target Wants=quiet.service
"$CONTAINER" --bind "$scratch" run "$name" sh -c "export SYSTEMD_UNIT_PATH=$units; exec $scratch/bin/svinit --crashes=0 --hang=4" >"$log" 2>&1 </dev/null &
running=$!
own "$running"
within 10 inside test -e "$records" 2>/dev/null || failed 'the manager starts' "$(cat "$log")"
becomes 'systemd-notify(1) is heard' 10 quiet.service State running
manager_pid() { inside pgrep -ox svmanager; }
before=$(manager_pid)
answer_within() { inside sh -c 'timeout "$@" 2>&1; echo $?' answer "$1" "$scratch/bin/svctl" is-active quiet.service | paste -sd ' '; }
inside mknod /dev/fuse c 10 229

for kind in lingers unflushed; do
        [ "$kind" = lingers ] || grep -qw fuse /proc/filesystems || { skip "a file that cannot be flushed" "the kernel has no FUSE"; continue; }
        inside python3 "$scratch/passer.py" "$kind" 3 >"$scratch/passer.log" 2>&1 &
        own $!
        within 10 inside test -e "/run/sent-$kind" || failed "$kind: it is sent" "$(cat "$scratch/passer.log")"
        sleep 1
        check "$kind: the manager answers" 'active 0' "$(answer_within 3)"
        start says.service
        is "$kind: others are heard" says.service 'running success'
        check "$kind: what they say, too" heard "$(value says.service StatusText)"
        stop says.service
        is "$kind: it is stopped" says.service 'dead success'
        check "$kind: the manager is the same" "$before" "$(manager_pid)"
done

# Nothing has happened for longer than svinit asks after news.
sleep 5
inside kill -STOP "$(manager_pid)"
check 'a manager that stopped while nothing happened is replaced when somebody comes' 'active 0' "$(answer_within 20)"
check 'svinit says why' 1 "$(grep -c 'the manager makes no progress' "$log")"
if [ "$(manager_pid)" != "$before" ]; then passed 'it is another one'; else failed 'it is another one'; fi
ends_with poweroff.target 130
finish
