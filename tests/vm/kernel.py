"""The kernel of the test machines: Debian's package for clouds, which boots quickest, fetched once
and unpacked into a cache that all checkouts share. Nothing is installed.

A cache entry is named after the package, its version and its checksum, and appears in one rename: it
is complete or not there. One process at a time fills the cache; the others wait for it."""
import collections
import contextlib
import fcntl
import json
import os
import re
import shutil
import struct
import subprocess

META_PACKAGE = 'linux-image-cloud-amd64'
LISTS = '/var/lib/apt/lists'

Kernel = collections.namedtuple('Kernel', 'image modules version')


class Unavailable(Exception):
    """A kernel cannot be had here; the text says why, and what would help."""


def default_cache():
    return os.path.join(os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache'),
                        'svalinn', 'vm')


def tool(*command, cwd=None, data=None):
    """Runs a program, and returns what it printed."""
    path = os.environ.get('PATH', os.defpath) + ':/usr/sbin:/sbin'
    try:
        ran = subprocess.run(command, cwd=cwd, input=data, capture_output=True, check=False,
                             env={**os.environ, 'PATH': path, 'LC_ALL': 'C'})
    except FileNotFoundError as error:
        raise Unavailable(f'{command[0]} is not installed') from error
    if ran.returncode:
        said = ran.stderr.decode(errors='replace').strip().splitlines()
        raise Unavailable(f'{" ".join(command)}: {said[-1] if said else "failed"}')
    return ran.stdout


def field(record, name):
    found = re.search(rf'^{name}: (.*)$', record, re.M)
    if not found:
        raise Unavailable(f'the package lists name no {name} for the kernel; try "apt-get update"')
    return found.group(1)


def newest_package():
    """(package, version, checksum) of the kernel that the meta package depends on now."""
    meta = tool('apt-cache', 'show', '--no-all-versions', META_PACKAGE).decode()
    name, version = re.match(r'(linux-image-\S+) \(= (\S+)\)', field(meta, 'Depends')).groups()
    return name, version, field(tool('apt-cache', 'show', f'{name}={version}').decode(), 'SHA256')


def uncompressed(bzimage):
    """The ELF file in a kernel image, which boots without the decompressor running in the guest."""
    with open(bzimage, 'rb') as file:
        data = file.read()
    # Linux's x86 boot protocol: setup_sects, payload_offset and payload_length. The payload is one
    # LZ4 stream, and behind it stands how long it gets.
    start = ((data[0x1f1] or 4) + 1) * 512
    offset, length = struct.unpack_from('<II', data, 0x248)
    payload = data[start + offset:start + offset + length]
    if payload[:4] != b'\x02\x21\x4c\x18':
        raise Unavailable(f'{bzimage} is not compressed with LZ4, which is all that is understood')
    elf = tool('lz4', '-dc', data=payload[:-4])
    if len(elf) != struct.unpack('<I', payload[-4:])[0]:
        raise Unavailable(f'{bzimage}: its kernel was not unpacked as a whole')
    return elf


def fill(directory, name, version):
    """Makes a cache entry of the package in a directory that exists and is empty."""
    tool('apt-get', 'download', '-q', '-o', 'APT::Sandbox::User=root', f'{name}={version}', cwd=directory)
    package, = (entry for entry in os.listdir(directory) if entry.endswith('.deb'))
    tool('dpkg-deb', '-x', package, 'package', cwd=directory)
    release = name[len('linux-image-'):]
    unpacked = os.path.join(directory, 'package')
    tool('depmod', '-b', unpacked, release)
    with open(os.path.join(directory, 'vmlinux'), 'wb') as file:
        file.write(uncompressed(os.path.join(unpacked, 'boot', 'vmlinuz-' + release)))
    os.rename(os.path.join(unpacked, 'lib', 'modules', release), os.path.join(directory, 'modules'))
    os.unlink(os.path.join(directory, package))
    shutil.rmtree(unpacked)


@contextlib.contextmanager
def locked(cache):
    os.makedirs(cache, exist_ok=True)
    with open(os.path.join(cache, 'lock'), 'w', encoding='utf-8') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def replace_text(path, text):
    with open(path + '.new', 'w', encoding='utf-8') as file:
        file.write(text)
    os.replace(path + '.new', path)


def current_entry(cache):
    """The name of the cache entry that fits the machine's package lists, which apt answers slowly;
    None when the lists changed since it was asked, or the entry is not there."""
    try:
        with open(os.path.join(cache, 'current'), encoding='utf-8') as file:
            known = json.load(file)
        entry = known['entry']
        if known['lists'] == os.stat(LISTS).st_mtime_ns and os.path.isdir(os.path.join(cache, entry)):
            return entry
    except (OSError, ValueError, KeyError):
        pass
    return None


def refresh(cache):
    """Finds out what the newest kernel is, and fetches it unless it is there."""
    lists = os.stat(LISTS).st_mtime_ns
    name, version, checksum = newest_package()
    entry = f'{name}_{version.replace(":", "_")}_{checksum[:16]}'
    if not os.path.isdir(os.path.join(cache, entry)):
        incoming = os.path.join(cache, 'incoming')
        shutil.rmtree(incoming, ignore_errors=True)  # of a run that was killed
        os.mkdir(incoming)
        try:
            fill(incoming, name, version)
            os.rename(incoming, os.path.join(cache, entry))
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
    replace_text(os.path.join(cache, 'current'), json.dumps({'entry': entry, 'lists': lists}))
    return entry


def prepared(cache):
    """The kernel, from the cache or fetched into it. Raises Unavailable."""
    entry = current_entry(cache)
    if not entry:
        try:
            with locked(cache):
                entry = current_entry(cache) or refresh(cache)
        except OSError as error:
            raise Unavailable(f'filling {cache}: {error}') from error
    directory = os.path.join(cache, entry)
    return Kernel(os.path.join(directory, 'vmlinux'), os.path.join(directory, 'modules'),
                  entry.split('_')[0][len('linux-image-'):])
