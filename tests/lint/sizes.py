#!/usr/bin/env python3
"""Keeps files, functions and parameter lists small enough to read at a glance, and every C file
opening with a comment that says why it exists. Prints the largest of each, also when all is well."""
import re

from lint import Lint, code_only, line_of

FILE_LINES, FUNCTION_LINES, PARAMETERS, NESTING = 600, 80, 5, 3
INDENT = 8
# Programs that must stay small as a whole: lines of code in all files of the folder; comments, blank
# lines and #include lines do not count.
FOLDER_CODE_LINES = {'supervisor/init': 600}
OPENING_LINES = range(3, 16)
OPENING_LINES_OF_TESTS = range(1, 16)

# A definition begins in the first column and its brace is the last of its line, as clang-format
# leaves it; macros and initialisers do not match.
FUNCTION = re.compile(r'^(?!static const |typedef |struct |enum |union |#)[a-zA-Z_][^;{}=#]*?\{$'
                      r'.*?^\}', re.M | re.S)
CONTROL = re.compile(rf'^( {{{INDENT * (NESTING + 1)},}})(if|for|while|switch|do|\w+_FOREACH)\b', re.M)
NAME = re.compile(r'(\w+)\s*\($')


def signature(head):
    """(name, number of parameters) of a function's head, up to its brace."""
    depth, begin, commas = 0, None, 0
    for i, c in enumerate(head):
        if c == '(':
            depth += 1
            begin = i if begin is None else begin
        elif c == ')':
            depth -= 1
            if depth == 0:
                inside = head[begin + 1:i].strip()
                name = NAME.search(head[:begin + 1])
                return (name.group(1) if name else '?',
                        0 if inside in ('', 'void') else commas + 1)
        elif c == ',' and depth == 1:
            commas += 1
    return None


def functions(text):
    """(line, name, lines, parameters) of each function that a C text defines."""
    code = code_only(text)
    for match in FUNCTION.finditer(code):
        found = signature(match.group().split('{')[0])
        if found:
            yield (line_of(code, match.start()), found[0],
                   match.group().count('\n') + 1, found[1])


def opening_comment(text):
    """How many lines the comment has that a file opens with; 0 when it opens with none."""
    match = re.match(r'/\*.*?\*/', text, re.S)
    return match.group().count('\n') + 1 if match else 0


def worst(what, found):
    for size, where in sorted(found, reverse=True)[:3]:
        print(f'  largest {what}: {size:4} {where}')


def code_lines(text):
    """Lines that hold code."""
    return sum(1 for line in code_only(text, keep_strings=True).splitlines()
               if line.strip() and not line.startswith('#include'))


lint = Lint()
folder_sizes = dict.fromkeys(FOLDER_CODE_LINES, 0)
file_sizes, function_sizes, parameter_counts = [], [], []
for path in lint.files('.c', '.h'):
    text = lint.read(path)
    lines = text.count('\n')
    file_sizes.append((lines, path))
    if path.rpartition('/')[0] in folder_sizes:
        folder_sizes[path.rpartition('/')[0]] += code_lines(text)
    if lines > FILE_LINES:
        lint.problem(path, lines, f'the file has {lines} lines; at most {FILE_LINES}')
    opening = opening_comment(text)
    if opening not in (OPENING_LINES_OF_TESTS if path.startswith('tests/') else OPENING_LINES):
        lint.problem(path, 1, f'opens with a comment of {opening} lines; 3 to 15 say why it exists '
                     'and what always holds in it')
    for match in CONTROL.finditer(code_only(text)):
        lint.problem(path, line_of(text, match.start()), f'{match.group(2)} is nested '
                     f'{len(match.group(1)) // INDENT} deep; at most {NESTING}')
    for line, name, length, parameters in functions(text):
        function_sizes.append((length, f'{path}:{line} {name}'))
        parameter_counts.append((parameters, f'{path}:{line} {name}'))
        if length > FUNCTION_LINES:
            lint.problem(path, line, f'{name} has {length} lines; at most {FUNCTION_LINES}')
        # A test may have to fit the signatures of what it compares with.
        if parameters > PARAMETERS and not path.startswith('tests/'):
            lint.problem(path, line, f'{name} has {parameters} parameters; at most {PARAMETERS}')
for folder, size in folder_sizes.items():
    print(f'  {folder}: {size} lines of code')
    if size >= FOLDER_CODE_LINES[folder]:
        lint.problem(folder, 0, f'has {size} lines of code; it must stay under {FOLDER_CODE_LINES[folder]}')
worst('file (lines)', file_sizes)
worst('function (lines)', function_sizes)
worst('parameter list', parameter_counts)
lint.finish()
