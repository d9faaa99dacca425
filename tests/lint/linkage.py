#!/usr/bin/env python3
"""What shared libraries a program needs at run time: no more than tests/lint/programs.py lists.

    linkage.py SOURCE-TREE BUILD-DIRECTORY"""
import os

from elf import libraries, programs
from lint import Lint
from programs import PROGRAMS

lint = Lint()
lint.need('readelf')
for path in programs(lint.arguments[0]):
    name = os.path.basename(path)
    if name not in PROGRAMS:
        lint.problem(name, 0, 'the program has no row in tests/lint/programs.py; add one')
        continue
    for library in sorted(libraries(path) - PROGRAMS[name].libraries):
        lint.problem(name, 0, f'needs {library}, which tests/lint/programs.py does not allow it')
lint.finish()
