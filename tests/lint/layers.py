#!/usr/bin/env python3
"""Who may use whom: reads the #include lines and the calls of every C file, and fails on an arrow
between folders that the tables below do not allow.

The tables are the rules of docs/ARCHITECTURE.md. The longest row that fits a file counts."""
import re

from lint import Lint, code_only, line_of

# Folder: the folders whose headers it may include, besides its own.
ARROWS = {
    'base': [],
    'base/machine': ['base'],
    'units': ['base'],
    'units/install': ['base', 'units'],
    'supervisor/init': ['base', 'base/machine'],
    'supervisor/log': ['base', 'units'],
    'supervisor/manager': ['base', 'units'],
    'supervisor/manager/bus': ['base', 'units', 'units/install', 'supervisor/manager'],
    'supervisor/sandbox': ['base', 'units'],
    'supervisor/sandbox/feature': ['base', 'units', 'supervisor/sandbox'],
    'supervisor/sandbox/apply': ['base', 'units', 'supervisor/sandbox'],
    'supervisor/exec': ['base', 'units', 'supervisor/sandbox', 'supervisor/sandbox/apply'],
    'supervisor/tools': ['base', 'units', 'supervisor/sandbox', 'supervisor/sandbox/apply',
                         'supervisor/exec'],
    'supervisor/tools/ctl': ['base', 'units', 'units/install', 'supervisor/log'],
    'verity': ['base', 'verity'],
    'verity/build': ['base', 'verity', 'units'],
    'docs': ['base', 'units'],
    'tests': ['base', 'base/machine', 'units', 'supervisor', 'supervisor/sandbox/apply', 'verity', 'tests'],
    # The probe judges the sandbox, so it shares no code with it.
    'tests/host/probe': ['base'],
}

# Single headers that a folder may include besides: what two programs say to each other.
HEADERS = {'supervisor/manager': ['supervisor/manager/bus/bus.h', 'supervisor/init/protocol.h', 'supervisor/exec/protocol.h']}

# A row for the header's folder that is not listed by its user is forbidden even though a parent
# folder is listed: planning must stay free of system calls, and only process 1 changes the machine.
CLOSED = ['supervisor/sandbox/apply', 'base/machine']

# System calls that change what a process may do or see, and the folders that may make them.
PRIVILEGED = re.compile(
    r'\b(mount|umount2?|unshare|setns|pivot_root|chroot|capset|cap_set_\w+|seccomp_load'
    r'|open_tree|move_mount|fsopen|fsmount|fsconfig|mount_setattr)\s*\('
    r'|\bSYS_(mount|umount2|unshare|setns|pivot_root|chroot|capset|seccomp|open_tree|move_mount'
    r'|fsopen|fsmount|fsconfig|mount_setattr|bpf)\b'
    r'|\bPR_(SET_SECCOMP|CAPBSET_DROP|CAP_AMBIENT|SET_SECUREBITS|SET_NO_NEW_PRIVS)\b')
PRIVILEGED_IN = ('base/machine/', 'supervisor/sandbox/apply/', 'supervisor/init/', 'verity/boot/', 'tests/')

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def row_of(folder, rows):
    """The longest of ROWS that is FOLDER or a parent of it, or None."""
    fitting = [r for r in rows if folder == r or folder.startswith(r + '/')]
    return max(fitting, key=len, default=None)


def allowed(user, header):
    """May a file in the row USER include HEADER, a path from the root?"""
    if header in HEADERS.get(user, ()):
        return True
    folder = header.rpartition('/')[0]
    closed = row_of(folder, CLOSED)
    own = [user] if not closed or user == closed else []
    listed = [r for r in ARROWS[user] if not closed or row_of(r, CLOSED) == closed]
    return row_of(folder, own + listed) is not None


def check_includes(lint, path, text):
    user = row_of(path.rpartition('/')[0], ARROWS)
    for match in INCLUDE.finditer(text):
        header, line = match.group(1), line_of(text, match.start(1))
        if '/' not in header or header.startswith('.'):
            lint.problem(path, line, f'"{header}" is not written from the root, as in "base/text.h"')
        elif user is None:
            lint.problem(path, line, 'this folder has no row in tests/lint/layers.py; add one')
        elif not allowed(user, header):
            lint.problem(path, line, f'{user} may not use {header}; it may use '
                         + (', '.join(ARROWS[user]) or 'nothing but itself'))


def check_calls(lint, path, text):
    if path.startswith(PRIVILEGED_IN):
        return
    code = code_only(text)
    for match in PRIVILEGED.finditer(code):
        lint.problem(path, line_of(code, match.start()),
                     f'{match.group().rstrip("( ")}: only supervisor/sandbox/apply changes what a '
                     'process may do or see')


lint = Lint()
for path in lint.files('.c', '.h', '.def'):
    text = lint.read(path)
    check_includes(lint, path, code_only(text, keep_strings=True))
    check_calls(lint, path, text)
lint.finish()
