#!/usr/bin/env python3
"""Clients that nobody wants: garbage at every point of a connection, calls without end whose answers
are not read, connections without end. Prints "survived" if the server, PID, outlived all with
bounded memory.

    bus-nuisance.py SOCKET PID"""
import os
import random
import socket
import struct
import sys
import time

PATH, PID = sys.argv[1], int(sys.argv[2])
AUTH = b'\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n'
CLIENTS_MAX = 128
MEMORY_MAX = 100 << 20


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


def resident():
    with open(f'/proc/{PID}/statm', encoding='ascii') as f:
        return int(f.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


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
    with connect() as s:
        s.sendall(AUTH)
        try:
            for serial in range(1, 200000):
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
    before = resident()
    garbage(1)
    if not greedy():
        sys.exit('a client that reads nothing was not cut off')
    time.sleep(0.5)
    if not crowd():
        sys.exit('not exactly as many clients as allowed were served')
    time.sleep(0.5)
    with connect() as s:
        if not answers(s):
            sys.exit('there was no answer afterwards')
    if resident() > before + MEMORY_MAX:
        sys.exit(f'memory went from {before} to {resident()}')
    print('survived')


main()
