/*
 * StandardInput=, StandardOutput=, StandardError=: systemd.exec(5). Opened with
 * the caller's privileges before the sandbox exists.
 */
#pragma once

#include "supervisor/sandbox/plan.h"

typedef struct Streams {
        int fds[3];    /* to become 0, 1 and 2; may be equal to one another */
        bool owned[3]; /* closed by streams_done() */
} Streams;

#define STREAMS_INIT                              \
        {                                         \
                .fds = { -EBADF, -EBADF, -EBADF } \
        }

void streams_done(Streams *s);

/* DEFAULTS are the fds that stand for "journal", "inherit" of the input, and whatever the caller's
 * terminal or pipes are. With TERMINAL >= 0 (the slave of a pseudo terminal) that is what "tty" and
 * all defaults mean. Kinds that need a socket unit or a named fd are refused in DIAG. */
int streams_open(const Config *c, const int defaults[3], int terminal, Diag *diag, Streams *ret);
