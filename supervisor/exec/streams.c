/*
 * One function a stream, since each may be a copy of the one before it: output
 * of input, error of output.
 */
#include "supervisor/exec/streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "supervisor/exec/stream-file.h"
#include "supervisor/exec/tty.h"
#include "supervisor/sandbox/exit-status.h"

static const char *const stream_names[] = { "StandardInput", "StandardOutput", "StandardError" };

typedef struct Opening {
        const Config *config;
        const StreamSetting *settings[3];
        const StreamsContext *context;
        Diag *diag;
        Streams streams;
} Opening;

void streams_done(Streams *s) {
        for (size_t i = 0; i < ARRAY_SIZE(s->fds); i++)
                if (s->owned[i])
                        fd_close(s->fds[i]);
        *s = (Streams)STREAMS_INIT;
}

/* Takes over FD, or passes its error on. */
static int own(Opening *o, size_t i, int fd) {
        if (fd < 0)
                return fd;
        fd = fd_move_above_stdio(fd);
        if (fd < 0)
                return fd;
        o->streams.fds[i] = fd;
        o->streams.owned[i] = true;
        return 0;
}

static int borrow(Opening *o, size_t i, int fd) {
        o->streams.fds[i] = fd;
        return 0;
}

static int open_null(Opening *o, size_t i) {
        int fd = open("/dev/null", (i == 0 ? O_RDONLY : O_WRONLY) | O_CLOEXEC | O_NOCTTY);

        return own(o, i, fd < 0 ? -errno : fd);
}

static int open_default(Opening *o, size_t i) {
        const StreamsContext *x = o->context;
        int fd = x->terminal >= 0 ? x->terminal : x->defaults[i];

        return fd < 0 ? open_null(o, i) : borrow(o, i, fd);
}

/* Opened once for all streams. */
static int open_own_terminal(Opening *o, size_t i) {
        int fd;

        for (size_t k = 0; k < i; k++)
                if (o->streams.own_terminal[k]) {
                        o->streams.own_terminal[i] = true;
                        return borrow(o, i, o->streams.fds[k]);
                }
        fd = tty_open(o->config);
        if (fd < 0)
                return diag_error(o->diag, fd, "the terminal %s cannot be opened: %s",
                                  tty_path(o->config), strerror(-fd));
        o->streams.own_terminal[i] = true;
        return own(o, i, fd);
}

/* A unit has no input unless it asks for one, as here; then it is the caller's. */
static int open_terminal(Opening *o, size_t i) {
        const StreamsContext *x = o->context;
        int fd = x->terminal >= 0 ? x->terminal : x->defaults[i] >= 0 ? x->defaults[i] : (int)i;

        if (o->config->tty_path || x->own_terminal)
                return open_own_terminal(o, i);
        if (fd >= 0 && isatty(fd)) {
                if (i == 0 && (o->config->tty_reset || o->config->tty_vhangup))
                        diag_warning(o->diag, "the caller's terminal is neither reset nor hung up; "
                                              "name another one with TTYPath=");
                return borrow(o, i, fd);
        }
        return diag_error(o->diag, -ENOTTY,
                          "there is no terminal to connect to; run the command from one, or use "
                          "\"%s\"",
                          i == 0 ? "null" : "journal");
}

static bool same_file(const StreamSetting *a, const StreamSetting *b) {
        return a->kind == b->kind && a->argument && b->argument &&
               text_eq(a->argument, b->argument);
}

static int open_file(Opening *o, size_t i, int access) {
        const char *path = o->settings[i]->argument;
        int r = own(o, i, stream_file_open(path, access, o->config->umask));

        if (r >= 0)
                return r;
        return diag_error(o->diag, r, "%s cannot be opened for %s: %s", path,
                          access == O_RDONLY               ? "reading"
                          : (access & O_ACCMODE) == O_RDWR ? "reading and writing"
                                                           : "writing",
                          strerror(-r));
}

static int refuse(Opening *o, size_t i) {
        const char *word = o->settings[i]->kind == STREAM_SOCKET ? "socket" : "fd:NAME";

        if (o->context->n_passed > 0)
                return diag_error(o->diag, -ENOENT,
                                  o->settings[i]->kind == STREAM_SOCKET
                                          ? "more than one socket is passed; use fd:NAME"
                                          : "no descriptor of that name is passed");
        return diag_error(o->diag, -EOPNOTSUPP,
                          "\"%s\" needs a socket unit that the command was started by, and there "
                          "is none; use another kind, such as \"%s\"",
                          word, i == 0 ? "file:PATH" : "journal");
}

/* "socket" is the only one that is passed; "fd:" without a name that of the stream. */
static int open_passed(Opening *o, size_t i) {
        static const char *const names[] = { "stdin", "stdout", "stderr" };
        const StreamsContext *x = o->context;
        const char *name = o->settings[i]->argument ? o->settings[i]->argument : names[i];

        if (o->settings[i]->kind == STREAM_SOCKET)
                return x->n_passed == 1 ? borrow(o, i, x->passed[0]) : refuse(o, i);
        for (size_t k = 0; k < x->n_passed; k++)
                if (text_eq(x->passed_names[k], name))
                        return borrow(o, i, x->passed[k]);
        return refuse(o, i);
}

static int open_data(Opening *o) {
        const TaggedList *l = &o->config->standard_input_data;
        int r = own(o, 0, stream_file_data(l->items, l->n));

        if (r >= 0)
                return r;
        return diag_error(o->diag, r,
                          "the data of StandardInputText= and StandardInputData= cannot "
                          "be prepared: %s",
                          strerror(-r));
}

static int open_input(Opening *o) {
        const StreamSetting *s = o->settings[0];

        switch (s->kind) {
        case STREAM_DEFAULT:
        case STREAM_INHERIT:
                return o->config->standard_input_data.n > 0 ? open_data(o) : open_default(o, 0);
        case STREAM_NULL:
                return open_null(o, 0);
        case STREAM_TTY:
        case STREAM_TTY_FORCE:
        case STREAM_TTY_FAIL:
                return open_terminal(o, 0);
        case STREAM_DATA:
                return open_data(o);
        case STREAM_FILE:
                /* opened once for both directions, so that a socket gets one connection */
                return open_file(o, 0,
                                 same_file(s, o->settings[1]) || same_file(s, o->settings[2])
                                         ? O_RDWR
                                         : O_RDONLY);
        case STREAM_SOCKET:
        case STREAM_NAMED_FD:
                return open_passed(o, 0);
        case STREAM_APPEND:
        case STREAM_TRUNCATE:
        case STREAM_JOURNAL:
        case STREAM_JOURNAL_CONSOLE:
        case STREAM_KMSG:
        case STREAM_KMSG_CONSOLE:
                break;
        }
        return diag_error(o->diag, -EINVAL,
                          "nothing can be read from there; use null or file:PATH");
}

static bool is_terminal_kind(StreamKind kind) {
        return kind == STREAM_TTY || kind == STREAM_TTY_FORCE || kind == STREAM_TTY_FAIL;
}

/* A copy of the stream before this one, unless that cannot be written to. */
static int inherit(Opening *o, size_t i) {
        StreamKind input = o->settings[0]->kind;

        if (i == 2) {
                o->streams.logged[2] = o->streams.logged[1];
                return borrow(o, i, o->streams.fds[1]);
        }
        if (is_terminal_kind(input) || input == STREAM_FILE || input == STREAM_SOCKET ||
            input == STREAM_NAMED_FD)
                return borrow(o, i, o->streams.fds[0]);
        return input == STREAM_DEFAULT && o->config->standard_input_data.n == 0 ? open_default(o, i)
                                                                                : open_null(o, i);
}

/* Without a log that takes it, output is lost rather than the service. */
static int open_log(Opening *o, size_t i) {
        const LogStream *log = o->context->log;
        int fd;

        if (!log)
                return open_default(o, i);
        fd = log_stream_open(log, o->settings[i]->kind == STREAM_JOURNAL_CONSOLE);
        if (fd >= 0) {
                o->streams.logged[i] = true;
                return own(o, i, fd);
        }
        diag_warning(o->diag, "the log does not take it (%s), so it is lost", strerror(-fd));
        return open_null(o, i);
}

static int open_output_default(Opening *o, size_t i) {
        /* error goes where output goes, but two defaults may be two places */
        if (is_terminal_kind(o->settings[0]->kind) ||
            (i == 2 && (o->context->log || o->settings[1]->kind != STREAM_DEFAULT)))
                return inherit(o, i);
        return open_log(o, i);
}

static int open_kernel_log(Opening *o, size_t i) {
        int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY);

        if (fd >= 0)
                return own(o, i, fd);
        diag_warning(o->diag, "the kernel's log, /dev/kmsg, cannot be opened (%s), so it is lost",
                     strerror(errno));
        return open_null(o, i);
}

static int open_output(Opening *o, size_t i) {
        const StreamSetting *s = o->settings[i];

        if (i == 2 && same_file(s, o->settings[1]))
                return inherit(o, i);
        if (s->kind == STREAM_FILE && same_file(s, o->settings[0]))
                return borrow(o, i, o->streams.fds[0]);
        switch (s->kind) {
        case STREAM_DEFAULT:
                return open_output_default(o, i);
        case STREAM_INHERIT:
                return inherit(o, i);
        case STREAM_NULL:
                return open_null(o, i);
        case STREAM_TTY:
        case STREAM_TTY_FORCE:
        case STREAM_TTY_FAIL:
                return open_terminal(o, i);
        case STREAM_FILE:
                return open_file(o, i, O_WRONLY);
        case STREAM_APPEND:
                return open_file(o, i, O_WRONLY | O_APPEND);
        case STREAM_TRUNCATE:
                return open_file(o, i, O_WRONLY | O_TRUNC);
        case STREAM_JOURNAL_CONSOLE:
                if (!o->context->log)
                        diag_warning(o->diag, "nothing is copied to the console; use journal");
                return open_log(o, i);
        case STREAM_JOURNAL:
                return open_log(o, i);
        case STREAM_KMSG:
        case STREAM_KMSG_CONSOLE:
                return open_kernel_log(o, i);
        case STREAM_SOCKET:
        case STREAM_NAMED_FD:
                return open_passed(o, i);
        case STREAM_DATA:
                break;
        }
        return diag_error(o->diag, -EINVAL, "nothing can be written there; use journal or null");
}

static int open_all(Opening *o) {
        const char *before = o->diag ? o->diag->directive : NULL;
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(stream_names); i++) {
                size_t said = o->diag ? o->diag->n : 0;

                if (o->diag)
                        o->diag->directive = stream_names[i];
                r = i == 0 ? open_input(o) : open_output(o, i);
                if (r < 0 && o->diag && o->diag->n == said)
                        diag_error(o->diag, r, "the stream cannot be opened: %s", strerror(-r));
        }
        if (o->diag)
                o->diag->directive = before;
        return r;
}

int streams_open(const Config *c, const StreamsContext *context, Diag *diag, Streams *ret) {
        Opening o = {
                .config = c,
                .settings = { &c->standard_input, &c->standard_output, &c->standard_error },
                .context = context,
                .diag = diag,
                .streams = STREAMS_INIT,
        };
        int r = open_all(&o);

        if (r < 0) {
                streams_done(&o.streams);
                return r;
        }
        *ret = o.streams;
        return 0;
}

int streams_exit_status(const Diag *d) {
        const char *directive = d->n > 0 ? d->entries[d->n - 1].directive : NULL;

        if (directive && text_eq(directive, stream_names[0]))
                return EXIT_STDIN;
        return directive && text_eq(directive, stream_names[2]) ? EXIT_STDERR : EXIT_STDOUT;
}
