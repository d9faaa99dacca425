#!/usr/bin/env python3
"""What may not stand in the sources: unfinished work, calls that are dangerous or belong to one
file, and file descriptors that would leak into a child.

Each row: the pattern; where it counts ("code" without comments and literals, "all" as written);
the files that it holds for; the files that are exempt; what to say."""
import re
from collections import namedtuple

from lint import Lint, code_only, line_of

Rule = namedtuple('Rule', 'pattern where files exempt message')

EVERYTHING = r'.*\.(c|h|def|sh|py|build|md|1|7|8)$'
C = r'.*\.(c|h|def)$'
PRODUCT = r'(base|units|supervisor|verity)/.*\.(c|h)$'
THIS = r'tests/lint/(words|planted)\.py$'

RULES = [
    Rule(r'\b(TODO|FIXME|XXX)\b|\bnot implemented\b', 'all', EVERYTHING, THIS,
         'unfinished work stays out of the tree; finish it or leave it out'),
    Rule(r'\bgoto\b', 'code', C, None, 'no goto; self-cleaning locals and an early return do it'),
    Rule(r'\b(system|popen)\s*\(', 'code', C, None, 'no shell in the product; use the library call'),
    Rule(r'\b(atoi|atol|atoll|atof|strto(l|ul|ll|ull|d|f|ld|imax|umax)|v?f?s?scanf)\s*\(', 'code', C,
         r'base/number\.c$', 'text becomes a number in base/number.c only; call number_parse_*()'),
    Rule(r'\b(strcpy|stpcpy|strcat|v?sprintf|gets|strtok|tmpnam|tempnam|mktemp|asctime|ctime|alloca)'
         r'\s*\(', 'code', PRODUCT, None, 'unbounded or not reentrant; StrBuf, snprintf() or strdup() do it'),
    Rule(r'\b(getpw|getgr|getspnam|getaddrinfo|gethostby)\w*\s*\(', 'code',
         r'supervisor/(init|manager)/.*', None, 'no name service in a process that must never block'),
    Rule(r'\bpthread_(create|mutex)\w*', 'code', PRODUCT, None, 'no threads'),
    # File descriptors are close-on-exec from their first instant.
    Rule(r'\b(open|openat|open_tree)\s*\((?![^;]*(_CLOEXEC\b|\bflags\b))[^;]*;', 'code',
         PRODUCT, None, 'O_CLOEXEC is missing'),
    Rule(r'\b(pipe|dup|accept|epoll_create|inotify_init)\s*\(', 'code', PRODUCT, None,
         'the descriptor would leak into a child; use the variant that takes O_CLOEXEC'),
    Rule(r'\b(socket|socketpair|accept4|pipe2|signalfd|timerfd_create|memfd_create|eventfd)\s*\('
         r'(?![^;]*(_CLOEXEC\b|\bflags\b))[^;]*;', 'code', PRODUCT, None, 'the CLOEXEC flag is missing'),
    Rule(r'\bfopen\s*\((?![^;]*"[^"]*e[^"]*"\s*\))[^;]*;', 'strings', PRODUCT, None,
         'the mode of fopen() needs "e", for close-on-exec'),
]

TEXT_OF = {'all': lambda text: text,
           'strings': lambda text: code_only(text, keep_strings=True),
           'code': code_only}

lint = Lint()
for path in lint.files('.c', '.h', '.def', '.sh', '.py', '.build', '.md', '.1', '.7', '.8'):
    raw = lint.read(path)
    for rule in RULES:
        if not re.match(rule.files, path) or (rule.exempt and re.match(rule.exempt, path)):
            continue
        text = TEXT_OF[rule.where](raw)
        for match in re.finditer(rule.pattern, text):
            said = ' '.join(match.group().split())[:40]
            lint.problem(path, line_of(text, match.start()), f'{said}: {rule.message}')
lint.finish()
