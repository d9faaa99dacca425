#!/usr/bin/env python3
"""A member of the group that may look, who means no good: holds all connections, asks without reading,
announces huge messages, has units loaded without end, and asks all the time. Prints a word for each that was
kept in bounds.

    bus-reader.py SOCKET PID"""
import socket
import struct
import sys
import time

PATH, PID = sys.argv[1], int(sys.argv[2])
AUTH = b'\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n'
ROOT = b'/org/freedesktop/systemd1'
MANAGER = b'org.freedesktop.systemd1.Manager'
CLIENTS_MAX = 16
LOADED_MAX = 512
HUGE = 100 << 20


def connect():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(5)
    s.connect(PATH)
    return s


def field(code, signature, value):
    size = struct.pack('B', len(value)) if signature == 'g' else struct.pack('<I', len(value))
    return struct.pack('BB', code, 1) + signature.encode() + b'\0' + size + value + b'\0'


def call(serial, member, body=b'', signature=b'', length=None):
    fields = b''
    for row in [(1, 'o', ROOT), (2, 's', MANAGER), (3, 's', member)] + ([(8, 'g', signature)] if signature else []):
        fields += b'\0' * (-len(fields) % 8) + field(*row)
    head = struct.pack('<cBBBIII', b'l', 1, 0, 1, len(body) if length is None else length, serial, len(fields)) + fields
    return head + b'\0' * (-len(head) % 8) + body


def text(value):
    return struct.pack('<I', len(value)) + value + b'\0'


def receive(s, patterns):
    """Whichever of the patterns comes first; None when the connection ends."""
    data = b''
    try:
        while True:
            more = s.recv(65536)
            if not more:
                return None
            data += more
            for pattern in patterns:
                if pattern in data:
                    return pattern
    except (TimeoutError, ConnectionError):
        return None


def answers(s):
    try:
        s.sendall(AUTH + call(1, b'ListJobs'))
    except ConnectionError:
        return False
    return receive(s, [b'a(usssoo)']) is not None


def resident():
    with open(f'/proc/{PID}/status', encoding='ascii') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('VmRSS')) << 10


def crowd():
    inside = [connect() for _ in range(40)]
    served = sum(answers(s) for s in inside)
    for s in inside:
        s.close()
    time.sleep(0.5)
    return served == CLIENTS_MAX


def greedy():
    with connect() as s:
        try:
            s.sendall(AUTH)
            for serial in range(1, 100000):
                s.sendall(call(serial, b'ListUnits'))
        except ConnectionError:
            return True
        except TimeoutError:
            return False
    return False


def huge():
    """Cut off, at the latest when a few MB are there."""
    before = resident()
    with connect() as s:
        try:
            s.sendall(AUTH)
            receive(s, [b'OK '])
            s.sendall(call(1, b'GetUnit', length=HUGE, signature=b's'))
            for _ in range(HUGE >> 20):
                s.sendall(b'x' * (1 << 20))
        except ConnectionError:
            return resident() < before + (32 << 20)
        except TimeoutError:
            return False
    return False


def loads():
    with connect() as s:
        s.sendall(AUTH)
        receive(s, [b'OK '])
        for i in range(4 * LOADED_MAX):
            s.sendall(call(i + 1, b'LoadUnit', text(b'no-%d.service' % i), b's'))
            got = receive(s, [b'LimitsExceeded', b'unit/no_', b'Error'])
            if got == b'LimitsExceeded':
                return True
            if got is None:
                return False
    return False


def busy():
    """Asks for one second and a half; meanwhile others have the most of the time, so that some calls are refused."""
    end = time.monotonic() + 6
    with connect() as s:
        s.sendall(AUTH)
        receive(s, [b'OK '])
        serial = 0
        while time.monotonic() < end:
            serial += 1
            s.sendall(call(serial, b'ListUnits'))
            got = receive(s, [b'LimitsExceeded', b'a(ssssssouso)'])
            if got != b'a(ssssssouso)':
                return got is not None
    return False


def main():
    for name, trial in (('crowd', crowd), ('greedy', greedy), ('huge', huge), ('loads', loads), ('busy', busy)):
        print(f'{name}: {"bounded" if trial() else "NOT BOUNDED"}')


main()
