#!/usr/bin/env python3
"""Every program for people has a manual page, and the page and --help name the same options and
verbs. What --help prints is the program's own table, so nothing is documented that is not there.

    manuals.py SOURCE-TREE BUILD-DIRECTORY"""
import os
import re
import subprocess

from elf import programs
from lint import Lint
from programs import PROGRAMS

OPTION = re.compile(r'(?<![\w-])--[a-z][a-z0-9-]*')
VERB = re.compile(r'^  ([a-z][a-z-]+)\b(?= )', re.M)


def rendered(path):
    """A manual page as plain text: overstrikes for bold and underline are taken out."""
    text = subprocess.run(['mandoc', '-T', 'utf8', '-O', 'width=200', path], check=True,
                          capture_output=True, text=True).stdout
    return re.sub('.\b', '', text)


def check(lint, program, name):
    page = f'docs/{name}.{PROGRAMS[name].manual}'
    full = os.path.join(lint.root, page)
    if not os.path.exists(full):
        lint.problem(page, 0, f'is missing; {name} needs a manual page')
        return
    linted = subprocess.run(['mandoc', '-T', 'lint', '-W', 'warning', full], capture_output=True,
                            text=True, check=False).stdout
    for line in linted.splitlines():
        lint.problem(page, 0, line)
    text = rendered(full)
    said = subprocess.run([program, '--help'], capture_output=True, text=True, check=True).stdout
    in_help, in_page = set(OPTION.findall(said)), set(OPTION.findall(text))
    for option in sorted(in_help - in_page):
        lint.problem(page, 0, f'does not document {option}, which {name} --help lists')
    tags = {o for line in text.splitlines() if re.match(r'\s+-', line) for o in OPTION.findall(line)}
    for option in sorted(tags - in_help):
        lint.problem(page, 0, f'documents {option}, which {name} --help does not list')
    rare = re.search(r'^More verbs:\n((?:  .*\n)+)', said, re.M)
    verbs = VERB.findall(said) + (rare.group(1).split() if rare else [])
    for verb in sorted(v for v in verbs if not re.search(rf'\b{v}\b', text)):
        lint.problem(page, 0, f'does not document the verb {verb}')


lint = Lint()
lint.need('mandoc')
for path in programs(lint.arguments[0]):
    name = os.path.basename(path)
    if name in PROGRAMS and PROGRAMS[name].manual:
        check(lint, path, name)
lint.finish()
