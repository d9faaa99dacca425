#!/usr/bin/env python3
"""Every C file looks as .clang-format has it. Tables (*.def) are aligned by hand and exempt."""
import os
import subprocess

from lint import Lint

lint = Lint()
clang_format = lint.need('clang-format-14', 'clang-format')
for path in lint.files('.c', '.h'):
    wanted = subprocess.run([clang_format, '--style=file', path], cwd=lint.root, capture_output=True,
                            text=True, check=True).stdout
    have = lint.read(path)
    if wanted != have:
        pairs = zip(have.split('\n') + [None], wanted.split('\n') + [None])
        line = next(n for n, (a, b) in enumerate(pairs, 1) if a != b)
        lint.problem(path, line, f'differs from .clang-format; run {os.path.basename(clang_format)} '
                     f'-i {path}')
lint.finish()
