#!/usr/bin/env python3
"""Every C file looks as .clang-format has it. Tables (*.def) are aligned by hand and exempt."""
import os
import re
import subprocess

from lint import Lint

DIFFERENCE = re.compile(r'^(.+?):(\d+):\d+: (?:error|warning): .*\[-Wclang-format-violations\]$', re.M)

lint = Lint()
clang_format = lint.need('clang-format-14', 'clang-format')
run = subprocess.run([clang_format, '--style=file', '--dry-run', '-Werror', '--ferror-limit=0',
                      *lint.files('.c', '.h')], cwd=lint.root, capture_output=True, text=True, check=False)
seen = set()
for path, line in DIFFERENCE.findall(run.stderr):
    if path not in seen:
        seen.add(path)
        lint.problem(path, int(line), f'differs from .clang-format; run '
                     f'{os.path.basename(clang_format)} -i {path}')
if run.returncode != 0 and not seen:
    lint.problem('.clang-format', 0, run.stderr.strip() or f'{clang_format} failed')
lint.finish()
