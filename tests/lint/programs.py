"""The programs, and the shared libraries that each may need at run time. A program that is not
listed is an error: what a program links is decided here, not by accident."""
from collections import namedtuple

Program = namedtuple('Program', 'libraries manual')

LIBC = {'libc.so.6', 'ld-linux-x86-64.so.2', 'ld-linux-aarch64.so.1'}

PROGRAMS = {
    # These two start services, so they are linked statically and need nothing from the host.
    'svrun': Program(LIBC, manual=True),
    'svexec': Program(LIBC, manual=False),
    'svanalyze': Program(LIBC | {'libjson-c.so.5', 'libseccomp.so.2'}, manual=True),
}
