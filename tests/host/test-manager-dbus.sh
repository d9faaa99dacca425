#!/bin/bash
# Protects Type=dbus: up when the name is owned, over when it is lost, with a bus that comes, goes and comes back, and a manager that is killed.
# The shells inside expand what stands between single quotes.
# shellcheck disable=SC2016
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs
need_tool dbus-daemon
[ -x /usr/bin/python3 ] || skip_all '/usr/bin/python3 is not there'

container=$name
inside() { "$CONTAINER" enter "$container" "$@"; }
# A client that owns a name from SIGUSR1, or at once, until SIGUSR2.
cat >"$scratch/own.py" <<'END'
import os, signal, socket, struct, sys, time
name, address = sys.argv[1], '/run/test-bus'
late = len(sys.argv) > 2
link = socket.socket(socket.AF_UNIX)
for _ in range(200):
    try:
        link.connect(address)
        break
    except OSError:
        time.sleep(0.05)
link.sendall(b'\0AUTH EXTERNAL ' + str(os.getuid()).encode().hex().encode() + b'\r\nBEGIN\r\n')
serial = 0
def pad(data, n): return data + b'\0' * (-len(data) % n)
def text(value): return struct.pack('<I', len(value)) + value.encode() + b'\0'
def call(member, body=b'', signature=''):
    global serial
    serial += 1
    fields = b''
    for code, kind, value in ((1, 'o', '/org/freedesktop/DBus'), (6, 's', 'org.freedesktop.DBus'), (2, 's', 'org.freedesktop.DBus'), (3, 's', member)):
        fields = pad(fields, 8) + bytes([code, 1]) + kind.encode() + b'\0' + text(value)
    if signature:
        fields = pad(fields, 8) + bytes([8, 1]) + b'g\0' + bytes([len(signature)]) + signature.encode() + b'\0'
    link.sendall(pad(struct.pack('<cBBBIII', b'l', 1, 0, 1, len(body), serial, len(fields)) + fields, 8) + body)
def own(*_): call('RequestName', pad(text(name), 4) + struct.pack('<I', 4), 'su')
def drop(*_): call('ReleaseName', text(name), 's')
signal.signal(signal.SIGUSR1, own)
signal.signal(signal.SIGUSR2, drop)
call('Hello')
if not late:
    own()
while link.recv(4096):
    pass
time.sleep(1000)
END
unit now.service BusName=org.test.Now "ExecStart=/usr/bin/python3 $scratch/own.py org.test.Now"
unit late.service BusName=org.test.Late "ExecStart=/usr/bin/python3 $scratch/own.py org.test.Late late"
unit never.service BusName=org.test.Never TimeoutStartSec=1s 'ExecStart=/bin/sleep 1000.25'
unit ends.service BusName=org.test.Ends ExecStart=/bin/true
unit bus.service Type=simple "ExecStart=dbus-daemon --session --nofork --nopidfile --address=unix:path=/run/test-bus"
more_environment=DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/test-bus
begin_with now ends
becomes 'one that ends without its name' 10 ends.service Result protocol
check 'without a bus nothing is up' start "$(value now.service State)"
start bus.service
becomes 'the bus came: its name is owned' 20 now.service State running
start late.service never.service
becomes 'one that never owns its name' 10 never.service Result timeout
check 'one that does not own it yet' start "$(value late.service State)"
inside pkill -KILL -x svmanager
inside sh -c 'sleep 1; kill -USR1 "$1"' sh "$(value late.service MainPid)"
becomes 'another manager hears that it does' 15 late.service State running
inside sh -c 'kill -USR2 "$1"' sh "$(value late.service MainPid)"
becomes 'it has lost its name, and is stopped' 10 late.service State dead
check 'which is no failure' success "$(value late.service Result)"
restart bus.service
becomes 'a bus that lost all names' 15 now.service State dead
ends_with poweroff.target 130
finish
