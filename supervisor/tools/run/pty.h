/*
 * The terminal of the caller, passed through to a pseudo terminal for the
 * command: raw mode, resizes, job control, and the three "^]" within a second
 * that leave a command which does not listen.
 */
#pragma once

#include "base/macro.h"

typedef struct Pty {
        int master;
        int slave; /* for the command; the caller closes its copy after the fork */
} Pty;

#define PTY_INIT \
        { .master = -EBADF, .slave = -EBADF }

void pty_done(Pty *p); /* for _cleanup_ */

/* A new pseudo terminal with the size and the modes of the terminal INPUT (or sane ones when that
 * is no terminal). */
int pty_open(int input, Pty *ret);

typedef enum PtyEnd {
        PTY_ENDED, /* END_FD became readable or hung up, and all output was passed on */
        PTY_LEFT,  /* "^]" three times within a second */
} PtyEnd;

/* Passes bytes between the caller's terminal (fds 0 and 1) and the master until END_FD (a pidfd, or
 * a pipe) is readable; puts the terminal in raw mode meanwhile and restores it on every way out.
 * Window size changes (SIGWINCH, which the caller has blocked and given as SIGNAL_FD, together with
 * the other signals that it wants to see: those are handed to ON_SIGNAL) are passed on. Suspending
 * svrun from outside restores the terminal and takes it again on SIGCONT. */
int pty_forward(Pty *p, int end_fd, int signal_fd, void (*on_signal)(int signal, void *userdata),
                void *userdata);
