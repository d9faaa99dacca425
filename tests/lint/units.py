#!/usr/bin/env python3
"""Keeps the units that we ship alike: each says what it is and where to read about it, services refuse
to run without their sandbox, what one pulls in is there, and all of them are installed."""
import os
import re

from lint import Lint

FOLDER = 'units/system'
FOREIGN = {'display-manager.service'}  # what a distribution brings, or not
PULLS = re.compile(r'^(?:Wants|Requires|BindsTo|Upholds|Requisite)=(.*)$', re.M)

lint = Lint()
build = lint.read(f'{FOLDER}/meson.build')
paths = [path for path in lint.files('.target', '.slice', '.service', '.service.in')
         if os.path.dirname(path) == FOLDER]
names = {os.path.basename(path).removesuffix('.in') for path in paths}
names |= set(re.findall(r"'([^']+)' : '[^']+\.(?:target|service)'", build))
for path in paths:
    text, name = lint.read(path), os.path.basename(path).removesuffix('.in')
    wanted = ['Description=', 'Documentation=']
    if name.endswith('.service'):
        wanted += ['Enforce=strict', 'ExecStart=']
    for line in wanted:
        if not re.search(rf'^{line}', text, re.M):
            lint.problem(path, 1, f'has no {line}')
    for match in PULLS.finditer(text):
        for other in match.group(1).split():
            if other not in names | FOREIGN:
                lint.problem(path, text.count('\n', 0, match.start()) + 1, f'pulls in {other}, which is not shipped')
    if f"'{name}'" not in build:
        lint.problem(path, 1, 'is not installed; meson.build beside it has the list')
lint.finish()
