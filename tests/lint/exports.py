#!/usr/bin/env python3
"""A name tells its file: what foo-bar.c exports begins with foo_bar (or with its folder's name in
front; a table may be called foo_bars), so that a reader finds a function without a search, and no two files collide.

    exports.py SOURCE-TREE BUILD-DIRECTORY"""
import json
import os
import re
import subprocess

from lint import Lint


def objects(build):
    """(source, object) of each C file of the product that the build directory holds."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        for command in json.load(file):
            source = os.path.realpath(os.path.join(command['directory'], command['file']))
            obj = os.path.join(command['directory'], command['output'])
            if os.path.exists(obj):
                yield source, obj


def fits(symbol, source):
    stem = os.path.splitext(os.path.basename(source))[0].replace('-', '_')
    folder = os.path.basename(os.path.dirname(source)).replace('-', '_')
    return symbol == 'main' or re.match(rf'({folder}_)?{stem}s?(_|$)', symbol)


lint = Lint()
lint.need('nm')
build = os.path.realpath(lint.arguments[0])
root = os.path.realpath(lint.root)
for source, obj in sorted(set(objects(build))):
    path = os.path.relpath(source, root)
    if path.startswith(('tests/', '..')) or source.startswith(build + os.sep):
        continue
    said = subprocess.run(['nm', '--extern-only', '--defined-only', '--format=posix', obj],
                          check=True, capture_output=True, text=True).stdout
    for symbol in (line.split()[0] for line in said.splitlines()):
        if not fits(symbol, path):
            lint.problem(path, 0, f'exports {symbol}; its name should begin with the file\'s')
lint.finish()
