#!/usr/bin/env python3
"""Clients that nobody wants: garbage at every point of a connection, calls without end whose answers
are not read, connections without end. Prints "survived" if the server, PID, outlived all with
bounded memory.

    bus-nuisance.py SOCKET PID"""
import random
import socket
import struct
import sys
import time

PATH, PID = sys.argv[1], int(sys.argv[2])
AUTH = b'\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n'
CLIENTS_MAX = 128
MEMORY_MAX = 24 << 20  # more than at the beginning; a sanitizer keeps what was freed
GREED_MAX = 200000


def connect():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(5)
    s.connect(PATH)
    return s


def field(code, signature, value):
    if signature == 'g':
        data = struct.pack('B', len(value)) + value + b'\0'
    else:
        data = struct.pack('<I', len(value)) + value + b'\0'
    data = struct.pack('B', code) + struct.pack('B', len(signature)) + signature.encode() + b'\0' + data
    return data


def call(serial, member, body=b'', signature=b''):
    fields = b''
    rows = [(1, 'o', b'/org/freedesktop/systemd1'), (2, 's', b'org.freedesktop.systemd1.Manager'),
            (3, 's', member)] + ([(8, 'g', signature)] if signature else [])
    for row in rows:
        fields += b'\0' * (-len(fields) % 8) + field(*row)
    head = struct.pack('<cBBBIII', b'l', 1, 0, 1, len(body), serial, len(fields)) + fields
    return head + b'\0' * (-len(head) % 8) + body


def peak():
    """The most memory that the server ever had."""
    with open(f'/proc/{PID}/status', encoding='ascii') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('VmHWM')) << 10


def is_sanitized():
    with open(f'/proc/{PID}/maps', encoding='utf-8') as f:
        return 'libasan' in f.read()


def answers(s):
    """Does the server answer a call on S?"""
    data = b''
    try:
        s.sendall(AUTH + call(1, b'ListJobs'))
        while b'a(usssoo)' not in data:
            more = s.recv(65536)
            if not more:
                return False
            data += more
    except (TimeoutError, ConnectionError):
        return False
    return True


def admitted():
    """A client that was let in, once those before it are gone."""
    for _ in range(100):
        s = connect()
        if answers(s):
            return s
        s.close()
        time.sleep(0.05)
    sys.exit('nobody is let in any more')


def garbage(seed):
    rng = random.Random(seed)
    good = AUTH + call(1, b'StartUnit', struct.pack('<I', 3) + b'a.b\0' + struct.pack('<I', 4) + b'fail\0', b'ss')
    for _ in range(300):
        data = bytearray(good)
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with connect() as s:
            try:
                s.sendall(bytes(data[:rng.randrange(1, len(data) + 1)]))
            except ConnectionError:
                pass


def greedy():
    """Asks without reading: has to be cut off."""
    with admitted() as s:
        try:
            for serial in range(2, GREED_MAX):
                s.sendall(call(serial, b'ListUnits'))
        except TimeoutError:
            return False  # the server waits: so do we, for ever
        except ConnectionError:
            return True
    return False


def crowd():
    """More than there is room for: those inside are served, the others sent away."""
    inside = [connect() for _ in range(CLIENTS_MAX + 20)]
    served = sum(answers(s) for s in inside)
    for s in inside:
        s.close()
    if served != CLIENTS_MAX:
        print(f'served were {served} of {len(inside)}')
    return served == CLIENTS_MAX


def main():
    before = peak()
    garbage(1)
    if not greedy():
        sys.exit('a client that reads nothing was not cut off')
    time.sleep(0.5)
    if not crowd():
        sys.exit('not exactly as many clients as allowed were served')
    time.sleep(0.5)
    admitted().close()
    if peak() > before + MEMORY_MAX and not is_sanitized():
        sys.exit(f'memory went from {before} to {peak()}')
    print('survived')


main()
