#!/usr/bin/env python3
"""Every directive of a command's sandbox that is enforced is asked for in a test with real
processes: "Name=" stands in a script of tests/host, or a name that a loop there makes up of its
words, as "Limit$name=" and "${kind}Directory=". Rows that say NOT_ENFORCED, and those of a
supervisor, need none.

    proven.py SOURCE-TREE"""
import re

from lint import Lint, line_of

ROW = re.compile(r'^ *DIRECTIVE(?:_SHARED)?\(([\w |]+),\s*(\w+),.*', re.M)
SPARED = re.compile(r'\b(NOT_ENFORCED|SUPERVISION|DESCRIPTIVE|INTERNAL)\b')
SECTIONS = re.compile(r'SECTIONS_EXEC|SECTIONS_KILL|SECTION_SERVICE')
MADE_UP = re.compile(r'([A-Z]\w*)?\$\{?\w+\}?(?<=[\w}])([A-Z]\w*)?=')


def is_proven(name, text):
    if re.search(rf'(?<!\w){name}=', text):
        return True
    for first, last in {m.groups(default='') for m in MADE_UP.finditer(text)}:
        middle = name[len(first):len(name) - len(last)]
        if (first or last) and middle and name == first + middle + last and \
                re.search(rf'(?<![\w-]){middle}(?![\w-])', text):
            return True
    return False


lint = Lint()
scripts = [lint.read(path) for path in lint.files('.sh') if path.startswith('tests/host/')]
for path in lint.files('.def'):
    text = lint.read(path)
    for row in ROW.finditer(text):
        if SPARED.search(row.group()) or not SECTIONS.search(row.group(1)):
            continue
        if not any(is_proven(row.group(2), script) for script in scripts):
            lint.problem(path, line_of(text, row.start()),
                         f'{row.group(2)}= is in no test of tests/host; add a case that shows its '
                         'effect, on and off')
lint.finish()
