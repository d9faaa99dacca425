#!/usr/bin/env python3
"""Every shell script is clean for shellcheck; what is run has an interpreter line and is
executable; what is only sourced has neither."""
import os
import subprocess

from lint import Lint

lint = Lint()
shellcheck = lint.need('shellcheck')
scripts = lint.files('.sh')
for extra in ('.ci/run',):
    if os.path.exists(os.path.join(lint.root, extra)):
        scripts.append(extra)
for path in scripts:
    executable = os.access(os.path.join(lint.root, path), os.X_OK)
    runs = lint.read(path).startswith('#!')
    if runs and not executable:
        lint.problem(path, 1, 'has an interpreter line and is not executable; chmod +x it')
    elif executable and not runs:
        lint.problem(path, 1, 'is executable and has no interpreter line; begin it with #!/bin/bash')
if scripts:
    checked = subprocess.run([shellcheck, '--external-sources', '--format=gcc', *scripts],
                             cwd=lint.root, capture_output=True, text=True, check=False)
    for line in (checked.stdout + checked.stderr).splitlines():
        lint.problem(line, 0, 'says shellcheck')
lint.finish()
