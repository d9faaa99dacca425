/*
 * StandardInput=, StandardOutput=, StandardError=: systemd.exec(5). Opened with
 * the caller's privileges before the sandbox exists.
 */
#pragma once

#include "supervisor/exec/log-stream.h"
#include "supervisor/sandbox/plan.h"

typedef struct Streams {
        int fds[3];           /* to become 0, 1 and 2; may be equal to one another */
        bool owned[3];        /* closed by streams_done() */
        bool logged[3];       /* connected to the log */
        bool own_terminal[3]; /* connected to the terminal of TTYPath= */
} Streams;

#define STREAMS_INIT                              \
        {                                         \
                .fds = { -EBADF, -EBADF, -EBADF } \
        }

void streams_done(Streams *s);

/* What the kinds mean here. */
typedef struct StreamsContext {
        int defaults[3]; /* "inherit" of the input, and whatever the caller's terminal or pipes are;
                          * -EBADF: /dev/null */
        int terminal;    /* the slave of a pseudo terminal that "tty" and all defaults mean; or
                          * -EBADF */
        bool own_terminal; /* "tty" is the console where TTYPath= names none; else the caller's */
        const LogStream *log; /* the default of output, and "journal"; NULL: DEFAULTS are */
        const int *passed;    /* for "socket" and "fd:NAME" */
        char *const *passed_names;
        size_t n_passed;
} StreamsContext;

int streams_open(const Config *c, const StreamsContext *context, Diag *diag, Streams *ret);

/* Which stream it was that failed, the last remark says. */
int streams_exit_status(const Diag *d);
