#!/usr/bin/env python3
"""Proves that the lints can fail: each gets a small tree with one planted violation and must name
it, and a tree without one and must be silent.

    planted.py LINT SOURCE-TREE"""
import json
import os
import subprocess
import sys
import tempfile

HEAD = '/*\n * Why this file exists,\n * and what holds.\n */\n'
SMALL = HEAD + '#include "base/text.h"\n\nint x_sum(int a, int b) {\n        return a + b;\n}\n'
LONG = 'int x_long(void) {\n' + '        x();\n' * 80 + '}\n'
SIX = 'int x_six(int a, int b, int c, int d, int e, int f) {\n        return a;\n}\n'
PROGRAM = '#include <stdio.h>\nint main(int argc, char **argv) {\n\tchar b[64];\n' \
          '\tsnprintf(b, argc, "%s", argv[0]);\n\tputs(SAYS);\n\treturn MORE;\n}\n'
HARD = ['-DMORE=0', '-DSAYS=b', '-O2', '-fPIE', '-pie', '-fstack-protector-strong', '-D_FORTIFY_SOURCE=2',
        '-Wl,-z,relro,-z,now']
MATH = ['-DMORE=(int)__builtin_sin(argc)', '-fno-builtin-sin']
PAGE = '.Dd $Mdocdate$\n.Dt SVRUN 1\n.Os\n.Sh NAME\n.Nm svrun\n.Nd runs\n.Sh OPTIONS\n' \
       '.Bl -tag -width x\n.It Fl Fl %s\nText.\n.El\n'
UNIT = '[Unit]\nDescription=A\nDocumentation=man:a(8)\n'
HELP = ['-DMORE=0', '-DSAYS="  --quiet  say less"']


def without(*flags):
    return [f for f in HARD if f not in flags]


STATIC = without('-pie') + ['-static-pie']

# Lint: (files of the tree, what must be said, or None when all is well). A value that is a list
# holds compiler flags: PROGRAM is compiled with them into that file of the build directory.
CASES = {
    'layers': [
        ({'units/x.c': SMALL}, None),
        ({'supervisor/sandbox/apply/x.c': HEAD + 'int x = mount(0);\n'}, None),
        ({'base/x.c': HEAD + '/* mount(2) is not called here */\n'}, None),
        ({'base/x.c': HEAD + '#include "units/x.h"\n'}, 'base/x.c:5: base may not use units/x.h'),
        ({'units/x.h': HEAD + '#include "supervisor/sandbox/plan.h"\n'}, 'units may not use'),
        ({'supervisor/manager/x.c': HEAD + '#include "supervisor/sandbox/plan.h"\n'},
         'supervisor/manager may not use'),
        ({'supervisor/sandbox/x.c': HEAD + '#include "supervisor/sandbox/apply/table.h"\n'},
         'supervisor/sandbox may not use supervisor/sandbox/apply/table.h'),
        ({'tests/host/probe/x.c': HEAD + '#include "units/word.h"\n'}, 'tests/host/probe may not'),
        ({'tests/host/x.c': HEAD + '#include "units/word.h"\n'}, None),
        ({'supervisor/manager/x.c': HEAD + '#include "supervisor/init/protocol.h"\n'}, None),
        ({'supervisor/manager/x.c': HEAD + '#include "supervisor/init/init.h"\n'}, 'may not use'),
        ({'units/x.c': HEAD + '#include "base/machine/machine.h"\n'}, 'may not use'),
        ({'supervisor/init/x.c': HEAD + '#include "base/machine/machine.h"\n'}, None),
        ({'units/x.c': HEAD + '#include "text.h"\n'}, 'is not written from the root'),
        ({'surprise/x.c': SMALL}, 'has no row'),
        ({'supervisor/sandbox/x.c': HEAD + 'int x = unshare(1);\n'}, 'x.c:5: unshare: only'),
        ({'units/x.c': HEAD + 'int x = syscall(SYS_mount);\n'}, 'SYS_mount: only'),
    ],
    'sizes': [
        ({'base/x.c': SMALL}, None),
        ({'base/x.c': SMALL + '\n' * 600}, 'the file has 609'),
        ({'base/x.c': HEAD + LONG}, 'x.c:5: x_long has 82 lines'),
        ({'base/x.c': HEAD + SIX}, 'x_six has 6 parameters'),
        ({'tests/x.c': HEAD + SIX}, None),
        ({'base/x.c': HEAD + '\n' + 32 * ' ' + 'while (x)\n'}, 'while is nested 4 deep'),
        ({'supervisor/init/x.c': HEAD + 'int x;\n' * 300, 'supervisor/init/y.h': HEAD + 'int y;\n' * 299}, None),
        ({'supervisor/init/x.c': HEAD + 'int x;\n' * 300, 'supervisor/init/y.h': HEAD + 'int y;\n' * 300},
         'supervisor/init: has 600 lines of code'),
        ({'base/x.c': SMALL[len(HEAD):]}, 'opens with a comment of 0 lines'),
    ],
    'proven': [
        ({'units/x.def': 'DIRECTIVE(SECTIONS_EXEC, Nice, integer)\n', 'tests/host/t.sh': '-p Nice=5\n'}, None),
        ({'units/x.def': 'DIRECTIVE(SECTIONS_EXEC, Nice, integer)\n', 'tests/host/t.sh': '-p XNice=5\n'},
         'units/x.def:1: Nice= is in no test'),
        ({'units/x.def': 'DIRECTIVE(SECTIONS_EXEC, Nice, integer, NOT_ENFORCED)\n'}, None),
        ({'units/x.def': 'DIRECTIVE(SECTION_UNIT, After, words)\n'}, None),
        ({'units/x.def': 'DIRECTIVE(SECTIONS_EXEC, LimitCPU, limit)\n',
          'tests/host/t.sh': 'for name in CPU:cpu; do x "Limit$name=1"; done\n'}, None),
        ({'units/x.def': 'DIRECTIVE(SECTIONS_EXEC, LimitCPU, limit)\n',
          'tests/host/t.sh': 'for name in AS:as; do x "Limit$name=1"; done\n'}, 'LimitCPU= is in no test'),
        ({'units/x.def': 'DIRECTIVE(SECTIONS_EXEC, LogsDirectory, directories)\n',
          'tests/host/t.sh': 'for kind in Logs; do x "${kind}Directory=1"; done\n'}, None),
        ({'units/x.def': 'DIRECTIVE(SECTION_SERVICE | SECTION_SOCKET, ExecStop, commands)\n'},
         'ExecStop= is in no test'),
    ],
    'words': [
        ({'base/x.c': SMALL}, None),
        ({'base/number.c': HEAD + 'int x = strtol(s, 0, 0);\n'}, None),
        ({'base/x.c': HEAD + '/* goto is what we do not use, nor system() */\n'}, None),
        ({'base/x.c': HEAD + 'int x = open(path, O_RDONLY |\n O_CLOEXEC);\n'}, None),
        ({'base/x.c': HEAD + '/* TODO: the rest */\n'}, 'x.c:5: TODO: unfinished'),
        ({'tests/x.sh': '# FIXME\n'}, 'x.sh:1: FIXME: unfinished'),
        ({'base/x.c': HEAD + ' goto out;\n'}, 'goto'),
        ({'base/x.c': HEAD + ' system ("ls");\n'}, 'no shell'),
        ({'units/x.c': HEAD + ' popen("ls");\n'}, 'no shell'),
        ({'units/x.c': HEAD + ' strtoul(s);\n'}, 'base/number.c only'),
        ({'units/x.c': HEAD + ' sscanf(s);\n'}, 'base/number.c only'),
        ({'units/x.c': HEAD + ' strcpy(a, b);\n'}, 'unbounded'),
        ({'supervisor/manager/x.c': HEAD + ' getpwnam(a);\n'}, 'no name service'),
        ({'units/x.c': HEAD + ' x = open(a, O_RDONLY);\n'}, 'O_CLOEXEC is missing'),
        ({'units/x.c': HEAD + ' x = socket(AF_UNIX, SOCK_STREAM, 0);\n'}, 'CLOEXEC flag'),
        ({'units/x.c': HEAD + ' x = dup(1);\n'}, 'would leak'),
        ({'units/x.c': HEAD + ' x = fopen(a, "r");\n'}, 'needs "e"'),
    ],
    'linkage': [
        ({'B/svrun': STATIC, 'B/svanalyze': HARD}, None),
        ({'B/tests/anything': HARD + MATH}, None),
        ({'B/svrun': HARD}, 'svrun: needs libc.so.6'),
        ({'B/svanalyze': HARD + MATH}, 'svanalyze: needs libm.so.6'),
        ({'B/surprise': HARD}, 'surprise: the program has no row'),
    ],
    'hardening': [
        ({'B/svrun': HARD}, None),
        ({'B/svrun': without('-fPIE', '-pie') + ['-no-pie']}, 'not position-independent'),
        ({'B/svrun': HARD + ['-Wl,-z,execstack']}, 'non-executable stack'),
        ({'B/svrun': without('-Wl,-z,relro,-z,now') + ['-Wl,-z,norelro,-z,now']}, 'lacks RELRO'),
        ({'B/svrun': without('-Wl,-z,relro,-z,now') + ['-Wl,-z,relro,-z,lazy']}, 'binds lazily'),
        ({'B/svrun': HARD + ['-fno-stack-protector']}, 'no stack protector'),
        ({'B/svrun': HARD + ['-U_FORTIFY_SOURCE']}, 'checked string functions'),
    ],
    'exports': [
        ({'base/x.c': 'int x_sum;\nstatic int y;\n'}, None),
        ({'base/x-y.c': 'int x_y_z, base_x_y, x_ys;\n'}, None),
        ({'base/x.c': 'int y_sum;\n'}, 'base/x.c: exports y_sum'),
        ({'base/x.c': 'int xy;\n'}, 'base/x.c: exports xy'),
    ],
    'shell': [
        ({'x.sh': '#!/bin/sh\necho x\n'}, None),
        ({'x.sh': '# shellcheck shell=sh\necho x\n'}, None),
        ({'x.sh': '#!/bin/sh\nx="a b"\ncat $x\n'}, 'SC2086'),
        ({'plain/x.sh': '#!/bin/sh\necho x\n'}, 'is not executable'),
    ],
    'format': [
        ({'.clang-format': 'IndentWidth: 8\n', 'x.c': 'int x;\n'}, None),
        ({'.clang-format': 'IndentWidth: 8\n', 'x.c': 'int y;\nint   x;\n'}, 'x.c:2: differs'),
    ],
    'units': [
        ({'units/system/a.target': UNIT, 'units/system/meson.build': "'a.target'"}, None),
        ({'units/system/a.target': UNIT, 'units/system/meson.build': ''}, 'a.target:1: is not installed'),
        ({'units/system/a.target': '[Unit]\n', 'units/system/meson.build': "'a.target'"}, 'has no Documentation='),
        ({'units/system/a.target': UNIT + 'Wants=b.target\n', 'units/system/meson.build': "'a.target'"},
         'a.target:4: pulls in b.target'),
        ({'units/system/a.service.in': UNIT + '[Service]\nExecStart=/x\n', 'units/system/meson.build': "'a.service'"},
         'has no Enforce=strict'),
    ],
    'manuals': [
        ({'B/svrun': HELP, 'docs/svrun.1': PAGE % 'quiet'}, None),
        ({'B/svrun': HELP}, 'docs/svrun.1: is missing'),
        ({'B/svrun': HELP, 'docs/svrun.1': PAGE % 'loud'}, 'does not document --quiet'),
        ({'B/svrun': HELP, 'docs/svrun.1': PAGE % 'loud'}, 'documents --loud'),
    ],
}


def compile_into(path, flags):
    subprocess.run(['gcc', '-x', 'c', '-', '-o', path, '-w', *flags, '-x', 'none', '-lm'],
                   input=PROGRAM, text=True, check=True)


def plant(tree, files):
    """Writes the files below TREE, and a compile database with each C file's object into B."""
    commands = []
    for path, content in {'B/.keep': '', **files}.items():
        full = os.path.join(tree, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if isinstance(content, list):
            compile_into(full, content)
            continue
        with open(full, 'w', encoding='utf-8') as file:
            file.write(content)
        if content.startswith('#!') and not path.startswith('plain/'):
            os.chmod(full, 0o755)
        if path.endswith('.c') and sys.argv[1] == 'exports':
            subprocess.run(['gcc', '-c', full, '-o', full + '.o'], check=True)
            commands.append({'directory': tree, 'file': path, 'output': path + '.o'})
    with open(os.path.join(tree, 'B/compile_commands.json'), 'w', encoding='utf-8') as file:
        json.dump(commands, file)


def holds(program, files, wanted):
    with tempfile.TemporaryDirectory() as tree:
        plant(tree, files)
        ran = subprocess.run([sys.executable, program, tree, os.path.join(tree, 'B')],
                             capture_output=True, text=True, check=False)
    if ran.returncode == 77:
        print(ran.stdout, end='')
        sys.exit(77)
    good = ran.returncode == (1 if wanted else 0) and (wanted or '') in ran.stdout and not ran.stderr
    if not good:
        print(f'FAIL: {sorted(files)}: wanted {wanted!r} and got {ran.returncode}:\n'
              f'{ran.stdout}{ran.stderr}')
    return good


name, source = sys.argv[1:3]
failed = sum(not holds(os.path.join(source, 'tests/lint', name + '.py'), files, wanted)
             for files, wanted in CASES[name])
print(f'cases: {len(CASES[name]) - failed} passed, {failed} failed, 0 skipped')
sys.exit(1 if failed else 0)
