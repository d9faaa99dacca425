#!/usr/bin/env python3
"""Prints the C files of the source tree that a build directory compiles, one a line, each once."""
import json
import os
import sys

build = sys.argv[1]
with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as commands:
    files = {os.path.realpath(os.path.join(c['directory'], c['file'])) for c in json.load(commands)}
inside = os.path.realpath(build) + os.sep
print('\n'.join(sorted(os.path.relpath(f) for f in files
                       if f.endswith('.c') and not f.startswith(inside))))
