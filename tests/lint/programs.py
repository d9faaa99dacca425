"""The programs, and the shared libraries that each may need at run time. A program that is not
listed is an error: what a program links is decided here, not by accident."""
from collections import namedtuple

# manual: the section of its page; 0: it has none.
Program = namedtuple('Program', 'libraries manual')

LIBC = {'libc.so.6', 'ld-linux-x86-64.so.2', 'ld-linux-aarch64.so.1'}

PROGRAMS = {
    # Linked statically: it starts services, and loading libraries would cost more than the sandbox.
    'svrun': Program(set(), manual=1),
    'svanalyze': Program(LIBC | {'libjson-c.so.5'}, manual=1),
    'svctl': Program(LIBC | {'libjson-c.so.5', 'libsystemd.so.0'}, manual=1),
    'svverity': Program(LIBC | {'libcrypto.so.3', 'libjson-c.so.5', 'libuuid.so.1'}, manual=8),
    # As process 1 it must not depend on libraries that an update replaces.
    'svinit': Program(set(), manual=8),
    'svlogd': Program(LIBC, manual=8),
    'svmanager': Program(LIBC | {'libsystemd.so.0'}, manual=8),
    # Started for every command of every service, as svrun is.
    'svexec': Program(set(), manual=8),
}
