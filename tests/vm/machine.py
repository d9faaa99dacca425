"""One emulated machine, from power on to a verdict. It reports everything through inherited sockets
and files in memory: nothing is left on disk, and the emulator is gone however this process ends.

How it ended is one word and a detail:

    exit      the test said its exit status (status is it)
    panic     the kernel panicked
    watchdog  a watchdog reset the machine
    reboot    the guest restarted the machine
    halt      the guest halted the machine, which stays on
    poweroff  the guest switched the machine off without a verdict
    timeout   it was still running when the time was up: it hangs, or the machine here is too slow
    error     the test could not be run; nothing is known about what was to be tested"""
import collections
import ctypes
import json
import os
import re
import selectors
import signal
import socket
import subprocess
import tempfile
import time

EMULATOR = ['qemu-system-x86_64', '-accel', 'tcg', '-machine', 'q35', '-cpu', 'max', '-smp', '1',
            '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot',
            '-action', 'watchdog=reset']
SERIAL_PORTS = ('console', 'verdict', 'stdout', 'stderr')  # ttyS0 to ttyS3
# The time in front tells the kernel's own words from those of a program on the same console.
PANIC = re.compile(r'\[ *\d+\.\d+\] (Kernel panic - not syncing: .*)')
RESTART = re.compile(r'\[ *\d+\.\d+\] (reboot: .*)')
HALT = 'reboot: System halted'
ESCAPES = re.compile(r'\x1b\[[0-9;?]*[A-Za-z]|[\r\0]')
PR_SET_PDEATHSIG = 1
QUIT_SECONDS = 10

Outcome = collections.namedtuple('Outcome', 'word status detail seconds console')
LIBC = ctypes.CDLL(None)


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def memory_file(name):
    """A file that exists in memory only; the emulator gets it as /dev/fd/N."""
    return open(os.memfd_create(name), 'r+b')


class Machine:
    """What happens to one machine. SINKS: for "console", "stdout", "stderr", a function each that
    takes the bytes as they come."""

    def __init__(self, arguments, files=(), sinks=None):
        self.sinks = sinks or {}
        self.text = {name: b'' for name in ('console', 'verdict', 'control')}
        self.verdict = None   # (word, rest) of the line that counts
        self.events = []      # of the emulator: (name, data)
        self.began = time.monotonic()
        self.said = tempfile.TemporaryFile()
        self.channels = {}
        self.process = None
        self.selector = selectors.DefaultSelector()
        self.start(arguments, files)

    def start(self, arguments, files):
        command, theirs = EMULATOR + list(arguments), []
        for name in (*SERIAL_PORTS, 'control'):
            ours, other = socket.socketpair()
            theirs.append(other)
            self.channels[name] = ours
            self.selector.register(ours, selectors.EVENT_READ, name)
            command += ['-chardev', f'socket,id={name},fd={other.fileno()}']
            command += (['-mon', f'chardev={name},mode=control'] if name == 'control' else
                        ['-serial', f'chardev:{name}'])
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said,
                pass_fds=[f.fileno() for f in (*theirs, *files)], start_new_session=True,
                preexec_fn=die_with_parent)
        finally:
            for other in theirs:
                other.close()
        self.tell('qmp_capabilities')

    def tell(self, command, **arguments):
        text = json.dumps({'execute': command, 'arguments': arguments} if arguments else {'execute': command})
        try:
            self.channels['control'].sendall(text.encode() + b'\n')
        except OSError:
            pass  # it ended meanwhile, which is noticed where its channels end

    def close(self):
        """Ends the emulator if it is still there."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
        for channel in self.channels.values():
            channel.close()
        self.selector.close()

    def take(self, name, data):
        if name in self.sinks:
            self.sinks[name](data)
        if name not in self.text:
            return
        self.text[name] += data
        if name == 'console':
            return
        *lines, self.text[name] = self.text[name].split(b'\n')
        for line in lines:
            if name == 'control':
                event = json.loads(line)
                if 'event' in event:
                    self.events.append((event['event'], event.get('data', {})))
            elif line.startswith(b'press '):
                keys = line.decode(errors='replace').split()[1].split('-')
                self.tell('send-key', keys=[{'type': 'qcode', 'data': key} for key in keys])
            elif self.verdict is None or self.verdict[0] == 'stay':
                word, _, rest = line.decode(errors='replace').strip().partition(' ')
                self.verdict = (word, rest)

    def wait(self, seconds):
        """Takes what comes. Returns False when the time was up, True when all channels ended or a
        verdict came that ends the machine."""
        deadline = time.monotonic() + seconds
        while self.selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            for key, _ in self.selector.select(left):
                try:
                    data = key.fileobj.recv(65536)
                except ConnectionResetError:
                    data = b''
                if data:
                    self.take(key.data, data)
                else:
                    self.selector.unregister(key.fileobj)
            if self.process and (self.verdict and self.verdict[0] in ('exit', 'error') or
                                 HALT.encode() in self.text['console']):
                return True
        return True

    def run(self, seconds):
        """Returns the Outcome."""
        in_time = self.wait(seconds)
        ended = time.monotonic() - self.began
        if in_time and (self.verdict or HALT.encode() in self.text['console']):
            self.finish()
        elif in_time:
            self.process.wait()
        console = ESCAPES.sub('', self.text['console'].decode(errors='replace'))
        word, status, detail = self.judge(in_time, console)
        return Outcome(word, status, detail, ended, console)

    def finish(self):
        """Lets the emulator write out its disks and end, and takes what it still passed on."""
        self.tell('quit')
        process, self.process = self.process, None
        try:
            self.wait(QUIT_SECONDS)
        finally:
            self.process = process
        try:
            process.wait(QUIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()

    def judge(self, in_time, console):
        """(word, status, detail); the reason that the guest has least to say about comes first."""
        panic = PANIC.search(console)
        restarts = RESTART.findall(console) or ['']
        reasons = [data.get('reason') for name, data in self.events if name == 'SHUTDOWN']
        verdict, rest = self.verdict or (None, '')
        if panic:
            return 'panic', None, panic.group(1)
        if any(name == 'WATCHDOG' for name, _ in self.events):
            return 'watchdog', None, ''
        if verdict == 'exit' or (verdict == 'stay' and 'guest-shutdown' in reasons):
            return 'exit', int(rest), ''
        if verdict == 'error':
            return 'error', None, rest
        if HALT in restarts:
            return 'halt', None, ''
        if not in_time:
            return 'timeout', None, 'it was still running'
        if 'guest-reset' in reasons:
            return 'reboot', None, restarts[-1]
        if 'guest-shutdown' in reasons:
            return 'poweroff', None, restarts[-1]
        self.said.seek(0)
        return 'error', None, ('the emulator ended: ' +
                               self.said.read().decode(errors='replace').strip())


def boot(arguments, seconds, files=(), sinks=None):
    """Boots a machine with these arguments of the emulator, and returns its Outcome. FILES are open
    files that the arguments name as /dev/fd/N."""
    machine = Machine(arguments, files, sinks)
    try:
        return machine.run(seconds)
    finally:
        machine.close()
