#!/usr/bin/python3
"""Boots a kernel of Debian's with the programs of our build, runs a command in it, and brings back
what it printed and its exit status, as if it had run here. Takes a few seconds; no privileges and
no virtualisation support are needed, and nothing is left behind.

    tests/vm/run.py -- uname -r
    tests/vm/run.py -- svrun -p PrivateTmp=yes ls -a /tmp
    tests/vm/run.py --add build/tests/host/probe:/usr/bin/ -- svrun -p ProtectClock=yes probe clock
    tests/vm/run.py --as-init svinit --add my-units:/etc/svalinn/system
    tests/vm/run.py --expect panic -- sh -c 'echo c >/proc/sysrq-trigger'

In the machine are busybox, what the build installs (in /usr), vm-verdict, and what --add names, with
the shared libraries that they need; all of it is in memory. Without --as-init the first process is
the agent (guest/agent.c): it mounts /proc, /sys, /dev, /run, /tmp and the control groups, and runs
the command. With --as-init it is the program, which finds nothing mounted; its console goes to
standard output unless --console says where, and any process ends the test with "vm-verdict STATUS", or
has the machine go on and switch itself off with "vm-verdict --stay STATUS". Tests in python call machine.boot().
"""
import argparse
import itertools
import json
import os
import shlex
import signal
import sys
import tarfile

sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
import contents
import image as images
import kernel as kernels
import machine as machines
import modules
import watchdog

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATH = ('/usr/bin', '/usr/sbin', '/usr/lib/svalinn')
COMMAND_LINE = ('console=ttyS0 panic=-1 oops=panic quiet cryptomgr.notests '
                'PATH=/usr/sbin:/usr/bin HOME=/root TERM=dumb')
COLLECT_SIZE = 256 << 20
STATUS = {'halt': 248, 'error': 249, 'timeout': 250, 'panic': 251, 'reboot': 252, 'poweroff': 253, 'watchdog': 254}
UNMET = 1      # --expect: it ended otherwise
USAGE = 2

SUMMARY = 'Boots a test machine, runs COMMAND in it, and exits with its status.'
STATUSES = """\
The last line on standard error says how it ended; the exit status is COMMAND's, or
  249 error     nothing was tested        252 reboot    the guest restarted
  250 timeout   still running             253 poweroff  switched off without a verdict
  251 panic     the kernel panicked       254 watchdog  a watchdog reset the machine
  248 halt      the guest halted
The kernel is kept in $XDG_CACHE_HOME/svalinn/vm (%s)."""


class Usage(Exception):
    """The command line is wrong; the text says what would be right."""


def parse(argv):
    p = argparse.ArgumentParser(
        prog='run.py', usage='run.py [OPTION]... [--] [COMMAND...]', description=SUMMARY,
        epilog=STATUSES % kernels.default_cache(), allow_abbrev=False,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, max_help_position=25, width=100))

    def option(name, metavar, text, **more):
        if metavar:
            more['metavar'] = metavar
        p.add_argument('--' + name, help=text, **more)

    many = {'action': 'append', 'default': []}
    option('as-init', 'PROGRAM', 'this is the first process, and COMMAND its arguments')
    option('script', 'FILE', 'run this script, and COMMAND is its arguments')
    option('system', None, 'put the units that the build installs into the machine', action='store_true')
    option('add', 'HOST[:GUEST]', 'put a file or directory into the machine; GUEST/ is into one', **many)
    option('module', 'NAME,...', 'load these modules, and what they need, before anything else', **many)
    option('collect', 'GUEST:HOST', 'copy the directory GUEST to HOST when the verdict is given', **many)
    option('root-disk', 'FILE', 'the first disk, whose root the machine boots from (root-disk.py makes one)')
    option('disk', 'FILE', 'a disk: /dev/nvme0n1 and so on; what is written to it stays', **many)
    option('watchdog', None, 'the machine has /dev/watchdog, which survives a hung kernel', action='store_true')
    option('timeout', 'SECONDS', 'for the machine, from power on (default: %(default)s)', type=float, default=120)
    option('memory', 'MB', 'default: %(default)s', type=int, default=512)
    option('append', 'ARGUMENTS', 'add to the command line of the kernel', **many)
    option('qemu', 'ARGUMENT', 'add to the command line of the emulator', **many)
    option('expect', 'WORD', 'exit with 0 if it ended so, else with 1: "panic", or "exit:7"')
    option('console', 'FILE', 'write the console to it; "-" is standard error')
    option('build', 'DIRECTORY', 'the build to test (default: build)', default=os.path.join(TOP, 'build'))
    option('prepare', None, 'fetch the kernel, and end', action='store_true')
    p.add_argument('command', nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    arguments = p.parse_args(argv)
    if arguments.command[:1] == ['--']:
        del arguments.command[0]
    if arguments.root_disk and (arguments.script or not arguments.as_init or arguments.module or
                                arguments.add or arguments.system or arguments.collect or arguments.watchdog):
        raise Usage('--root-disk goes with --as-init; what else is in the machine is on the disk')
    if arguments.as_init and arguments.script:
        raise Usage('--as-init and --script exclude each other')
    if not (arguments.command or arguments.as_init or arguments.script or arguments.prepare):
        raise Usage('there is no COMMAND; --help says what can be run')
    return arguments


def in_pairs(values, option):
    """HOST:GUEST, GUEST:HOST; the second half may be missing only for --add."""
    for value in values:
        first, colon, second = value.partition(':')
        if not first or (option == 'collect' and not second) or (colon and not second):
            raise Usage(f'--{option}: "{value}" lacks a path')
        yield first, second or None


def found(image, program):
    """Where a program is in the image."""
    candidates = [program] if '/' in program else [f'{folder}/{program}' for folder in PATH]
    for path in candidates:
        if images.merged(path) in image.entries:
            return path
    raise Usage(f'there is no {program} in the machine; --add puts one into it')


def strings(words):
    return ''.join(word + '\0' for word in words)


def add_command(image, arguments):
    command = arguments.command
    if arguments.as_init:
        image.text('/vm/init', strings([found(image, arguments.as_init), *command]))
        return
    if arguments.script:
        with open(arguments.script, encoding='utf-8') as file:
            text = file.read()
        image.text('/vm/script', text, 0o755)
        command = [*([] if text.startswith('#!') else ['/bin/sh']), '/vm/script', *command]
    image.text('/vm/command', strings(command))


def add_modules(image, kernel, names):
    order = modules.load_order(kernel.modules, names)
    targets = [f'/usr/lib/modules/{kernel.version}/{path}' for path in order]
    for path, target in zip(order, targets):
        image.add(os.path.join(kernel.modules, path), target)
    image.text('/vm/modules', ''.join(target + '\n' for target in targets))


def make_image(arguments, kernel):
    image = contents.base_image(arguments.build)
    if arguments.system:
        contents.add_units(image, arguments.build)
    for host, guest in in_pairs(arguments.add, 'add'):
        image.add(host, guest)
    names = [name for value in arguments.module for name in value.split(',') if name]
    names += [watchdog.MODULE] if arguments.watchdog else []
    add_modules(image, kernel, names)
    add_command(image, arguments)
    collected = [guest.strip('/') or '.' for guest, _ in in_pairs(arguments.collect, 'collect')]
    if collected:
        image.text('/vm/collect', 'exec tar -c -f "$1" -C / -- ' + shlex.join(collected) + '\n')
    return image


def unpack(file, pairs):
    """Takes regular files and directories out of the archive that the guest wrote; what else it
    claims to hold, and paths that lead elsewhere, are left out."""
    wanted = [(guest.strip('/'), host) for guest, host in pairs]
    with tarfile.open(fileobj=file, mode='r:') as archive:
        for member in archive:
            name = os.path.normpath(member.name)
            for guest, host in wanted:
                inside = os.path.relpath(name, guest or '.')
                if inside.startswith('..') or os.path.isabs(name):
                    continue
                target = os.path.join(host, inside)
                if member.isdir():
                    os.makedirs(target, exist_ok=True)
                elif member.isfile():
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    with open(target, 'wb') as out:
                        out.write(archive.extractfile(member).read())


def disk_arguments(name, path):
    # The emulator's lock on a disk is of no use for a file that nobody else can open.
    file = {'driver': 'file', 'filename': path, 'locking': 'off' if path.startswith('/dev/fd/') else 'auto'}
    return ['-blockdev', json.dumps({'driver': 'raw', 'node-name': name, 'file': file}),
            '-device', f'nvme,drive={name},serial={name}']


def emulator_arguments(arguments, kernel, initrd):
    paths = ([arguments.root_disk] if arguments.root_disk else []) + arguments.disk
    disks = [disk_arguments(f'disk{number}', os.path.abspath(path)) for number, path in enumerate(paths)]
    first, words = ['-initrd', f'/dev/fd/{initrd.fileno()}'], ['rdinit=/vm/agent']
    if arguments.root_disk:
        # NVMe and ext4 are part of this kernel; what follows "--" are the arguments of the first process
        program = arguments.as_init if '/' in arguments.as_init else '/usr/lib/svalinn/' + arguments.as_init
        first, words = [], ['root=/dev/nvme0n1', 'rootwait', 'ro', 'init=' + program]
        arguments.append += ['--', *arguments.command] if arguments.command else []
    return ['-m', str(arguments.memory), '-kernel', kernel.image, *first,
            '-append', ' '.join([COMMAND_LINE, *words, *arguments.append]), *itertools.chain(*disks)]


def to_stream(stream):
    def sink(data):
        stream.buffer.write(data)
        stream.flush()
    return sink


def sinks_for(arguments):
    sinks = {'stdout': [to_stream(sys.stdout)], 'stderr': [to_stream(sys.stderr)], 'console': []}
    if arguments.as_init and not arguments.console:
        sinks['console'].append(to_stream(sys.stdout))
    if arguments.console == '-':
        sinks['console'].append(to_stream(sys.stderr))
    elif arguments.console:
        sinks['console'].append(open(arguments.console, 'wb', buffering=0).write)
    return {name: lambda data, all_of=many: [sink(data) for sink in all_of] for name, many in sinks.items()}


def boot(arguments, kernel):
    with machines.memory_file('initrd') as initrd, machines.memory_file('collect') as disk, \
            machines.memory_file('table') as table:
        if not arguments.root_disk:
            make_image(arguments, kernel).write(initrd)
        command = emulator_arguments(arguments, kernel, initrd)
        if arguments.collect:
            disk.truncate(COLLECT_SIZE)
            command += disk_arguments('svalinn-collect', f'/dev/fd/{disk.fileno()}')
        if arguments.watchdog:
            table.write(watchdog.table())
            table.flush()
            command += watchdog.emulator_arguments(table)
        outcome = machines.boot(command + arguments.qemu, arguments.timeout, (initrd, disk, table),
                                sinks_for(arguments))
        if arguments.collect and outcome.word == 'exit':
            unpack(disk, list(in_pairs(arguments.collect, 'collect')))
    return outcome


def report(arguments, outcome):
    """Says how it ended, and returns the exit status."""
    if outcome.word != 'exit' and arguments.console != '-' and (arguments.console or not arguments.as_init):
        for line in outcome.console.strip().splitlines()[-40:]:
            print('console:', line, file=sys.stderr)
    how = f'{outcome.word}:{outcome.status}' if outcome.word == 'exit' else outcome.word
    detail = f' ({outcome.detail})' if outcome.detail else ''
    print(f'vm: {how}{detail} after {outcome.seconds:.1f} s', file=sys.stderr)
    if arguments.expect:
        return 0 if arguments.expect in (how, outcome.word) else UNMET
    return STATUS.get(outcome.word, outcome.status)


def main():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda n, frame: sys.exit(128 + n))
    try:
        arguments = parse(sys.argv[1:])
        kernel = kernels.prepared(kernels.default_cache())
        if arguments.prepare:
            print(kernel.image)
            return 0
        return report(arguments, boot(arguments, kernel))
    except (Usage, images.Wrong, modules.Unknown) as error:
        print(f'run.py: {error}', file=sys.stderr)
        return USAGE
    except (kernels.Unavailable, OSError) as error:
        print(f'vm: error ({error})', file=sys.stderr)
        return STATUS['error']


sys.exit(main())
