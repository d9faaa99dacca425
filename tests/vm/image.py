"""The image that a test machine boots with: an initramfs in memory, from files of the host. Whatever
belongs to whom here belongs to root there; device nodes need no privileges to be made."""
import collections
import os
import stat
import subprocess

# Directories that are links into /usr, as on the host.
MERGED = ('bin', 'sbin', 'lib', 'lib64')
EMPTY = ('/dev', '/etc', '/proc', '/root', '/run', '/sys', '/tmp', '/usr/bin', '/usr/sbin', '/usr/lib',
         '/usr/lib64', '/var/lib', '/var/tmp', '/vm/root')

Entry = collections.namedtuple('Entry', 'mode data device', defaults=(b'', (0, 0)))


class Wrong(Exception):
    """A file that the image cannot take; the text says why."""


def merged(path):
    """A path in the guest, where /bin is /usr/bin."""
    path = os.path.normpath('/' + path.lstrip('/'))
    return '/usr' + path if path.split('/')[1] in MERGED else path


class Image:
    def __init__(self):
        self.entries = {}
        for path in EMPTY:
            self.directory(path)
        for path in ('/tmp', '/var/tmp'):
            self.entries[path] = Entry(stat.S_IFDIR | 0o1777)
        for name in MERGED:
            self.entries['/' + name] = Entry(stat.S_IFLNK | 0o777, b'usr/' + name.encode())

    def directory(self, path, mode=0o755):
        if path == '/':
            return
        self.directory(os.path.dirname(path))
        known = self.entries.setdefault(path, Entry(stat.S_IFDIR | mode))
        if not stat.S_ISDIR(known.mode):
            raise Wrong(f'{path} is already a file in the image; it cannot be a directory, too')

    def put(self, path, entry):
        path = merged(path)
        if stat.S_ISDIR(self.entries.get(path, entry).mode):
            raise Wrong(f'{path} is a directory in the image')
        self.directory(os.path.dirname(path))
        self.entries[path] = entry

    def text(self, path, text, mode=0o644):
        self.put(path, Entry(stat.S_IFREG | mode, text.encode()))

    def link(self, path, target):
        self.put(path, Entry(stat.S_IFLNK | 0o777, os.fsencode(target)))

    def node(self, path, major, minor):
        self.put(path, Entry(stat.S_IFCHR | 0o666, b'', (major, minor)))

    def add(self, host, guest=None):
        """A file with the shared libraries that it needs, or a directory with all that is below.
        Where it goes when that is not said is where it is on the host; "DIRECTORY/" is into one."""
        guest = guest or os.path.abspath(host)
        if guest.endswith('/'):
            guest += os.path.basename(os.path.abspath(host))
        if not os.path.exists(host):
            raise Wrong(f'{host} does not exist')
        if os.path.isdir(host):
            self.add_tree(host, guest)
        else:
            self.add_file(host, guest)

    def add_tree(self, host, guest):
        self.directory(merged(guest), stat.S_IMODE(os.stat(host).st_mode))
        for entry in sorted(os.scandir(host), key=lambda entry: entry.name):
            inside = os.path.join(guest, entry.name)
            if entry.is_symlink():
                self.link(inside, os.readlink(entry.path))
            elif entry.is_dir():
                self.add_tree(entry.path, inside)
            else:
                self.add_file(entry.path, inside)

    def add_file(self, host, guest):
        mode = os.stat(host).st_mode
        if not stat.S_ISREG(mode):
            raise Wrong(f'{host} is neither a file nor a directory')
        with open(host, 'rb') as file:
            data = file.read()
        self.put(guest, Entry(stat.S_IFREG | stat.S_IMODE(mode), data))
        if data[:4] == b'\x7fELF' and mode & 0o111:
            self.add_libraries(host)

    def add_libraries(self, program):
        said = subprocess.run(['ldd', program], capture_output=True, text=True, check=False).stdout
        for line in said.splitlines():
            # "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)", "\t/lib64/ld-... (0x...)"
            if line.endswith('=> not found'):
                raise Wrong(f'{program} needs {line.split()[0]}, which is not on this machine')
            for path in (word for word in line.split() if word.startswith('/')):
                if merged(path) not in self.entries:
                    self.add_library(path)

    def add_library(self, path):
        """Where it is on the host: a sandbox may allow executing the files of one directory only."""
        real = os.path.realpath(path)
        if merged(real) not in self.entries:
            self.add_file(real, real)
        if merged(path) != merged(real):
            self.link(path, merged(real))

    def write(self, file):
        """As a cpio archive, in the format that the kernel calls "newc"."""
        ordered = sorted(self.entries.items())
        for number, (path, entry) in enumerate([*ordered, ('/TRAILER!!!', Entry(0))], 1):
            name = os.fsencode(path[1:]) + b'\0'
            fields = (number, entry.mode, 0, 0, 1, 0, len(entry.data), 0, 0, *entry.device, len(name), 0)
            file.write(b'070701' + b''.join(b'%08X' % field for field in fields) + name)
            file.write(bytes(-(110 + len(name)) % 4) + entry.data + bytes(-len(entry.data) % 4))
        file.flush()
