#!/usr/bin/env python3
"""How the programs themselves are protected: position-independent, nothing that is writable and
executable, relocations read-only from the start, stack protector, checked string functions.

    hardening.py SOURCE-TREE BUILD-DIRECTORY"""
import os
import re

from elf import programs, readelf
from lint import Lint

# What readelf is asked; what must (or must not) be in its answer; what to say otherwise.
CHECKS = [
    ('-h', r'Type:\s+DYN', True, 'is not position-independent; link it with -pie or -static-pie'),
    ('-l', r'GNU_STACK.*\bRW\s', True, 'has no non-executable stack'),
    ('-l', r'(LOAD|GNU_STACK).*\bRWE\b', False, 'has a segment that is writable and executable'),
    ('-l', r'GNU_RELRO', True, 'lacks RELRO; link it with -z relro'),
    ('-d', r'\bBIND_NOW\b|FLAGS_1.*\bNOW\b', True, 'binds lazily; link it with -z now'),
    ('-d', r'TEXTREL', False, 'has text relocations'),
    ('-s', r'\b__stack_chk_fail', True, 'has no stack protector'),
    ('-s', r'\b__(v?[fs]n?printf|v?printf|read|mem\w+|str\w+|fgets|readlink\w*)_chk\b', True,
     'uses no checked string functions; compile it with _FORTIFY_SOURCE and optimisation'),
]

lint = Lint()
lint.need('readelf')
for path in programs(lint.arguments[0]):
    for option, pattern, wanted, message in CHECKS:
        if bool(re.search(pattern, readelf(path, option))) != wanted:
            lint.problem(os.path.basename(path), 0, message)
lint.finish()
