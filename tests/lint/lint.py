"""What the lint programs share: finding source files, reading C without its comments and strings,
and reporting. A lint prints each problem as "file:line: what is wrong; what would be right" and
exits with 1 if there was one."""
import os
import re
import shutil
import sys

SKIP = 77  # what meson takes for a skipped test
C_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
SKIPPED_DIRS = re.compile(r'^(\.git|build|build-.*|__pycache__|subprojects)$')


class Lint:
    def __init__(self, argv=None):
        argv = argv or sys.argv
        if len(argv) < 2:
            sys.exit(f'usage: {os.path.basename(argv[0])} SOURCE-TREE [ARGUMENT...]')
        self.root, self.arguments = argv[1], argv[2:]
        self.problems = 0

    def problem(self, path, line, message):
        self.problems += 1
        print(f'{path}:{line}: {message}' if line else f'{path}: {message}')

    def finish(self):
        sys.exit(1 if self.problems else 0)

    def need(self, *tools):
        """The first of the tools that is installed; without any, the lint is skipped."""
        for tool in tools:
            if shutil.which(tool):
                return tool
        print(f'skipped: {tools[-1]} is not installed')
        sys.exit(SKIP)

    def files(self, *suffixes):
        """Paths below the source tree that end so, sorted; build directories are left out."""
        found = []
        for folder, folders, names in os.walk(self.root):
            at_top = os.path.samefile(folder, self.root)
            folders[:] = [f for f in folders
                          if not SKIPPED_DIRS.match(f) or (f == 'build' and not at_top)]
            found += [os.path.relpath(os.path.join(folder, n), self.root)
                      for n in names if n.endswith(suffixes)]
        return sorted(found)

    def read(self, path):
        with open(os.path.join(self.root, path), encoding='utf-8', errors='replace') as file:
            return file.read()


def code_only(text, keep_strings=False):
    """C text with comments and the inside of literals blanked; lines and columns stay."""
    def blank(match):
        token = match.group()
        if token[0] in '"\'':
            return token if keep_strings else token[0] + ' ' * (len(token) - 2) + token[0]
        return re.sub(r'[^\n]', ' ', token)
    return C_TOKEN.sub(blank, text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1
