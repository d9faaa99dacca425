#!/usr/bin/env python3
"""A name tells its file: what foo-bar.c exports begins with foo_bar, or with the name of its folder
(one of a family, with one header for all); a table may have a plural. So a reader finds a function
without a search, and no two files collide.

    exports.py SOURCE-TREE BUILD-DIRECTORY"""
import json
import os
import re
import subprocess

from lint import Lint


def objects(build):
    """{object: source} of the C files of the product that the build directory holds."""
    found = {}
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        for command in json.load(file):
            source = os.path.realpath(os.path.join(command['directory'], command['file']))
            obj = os.path.join(command['directory'], command['output'])
            if os.path.exists(obj) and not source.startswith(build + os.sep):
                found[obj] = source
    return found


def fits(symbol, source):
    stem = os.path.splitext(os.path.basename(source))[0].replace('-', '_')
    folder = os.path.basename(os.path.dirname(source)).replace('-', '_')
    return symbol == 'main' or re.match(rf'({folder}|{stem})s?(_|$)', symbol)


lint = Lint()
lint.need('nm')
root = os.path.realpath(lint.root)
sources = objects(os.path.realpath(lint.arguments[0]))
said = subprocess.run(['nm', '--print-file-name', '--extern-only', '--defined-only',
                       '--format=posix', *sorted(sources)],
                      check=True, capture_output=True, text=True).stdout if sources else ''
for line in said.splitlines():
    # "OBJECT: SYMBOL TYPE VALUE SIZE"
    obj, symbol = line.split(': ')[0], line.split(': ')[1].split()[0]
    path = os.path.relpath(sources[obj], root)
    if not path.startswith(('tests/', '..')) and not fits(symbol, path):
        lint.problem(path, 0, f'exports {symbol}; its name should begin with the file\'s')
lint.finish()
