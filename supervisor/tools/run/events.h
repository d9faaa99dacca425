/*
 * What a runner waits for: its children, requests to stop, readiness messages,
 * the end of svrun itself, and the clock. One call waits for one event.
 */
#pragma once

#include <signal.h>
#include <sys/types.h>

#include "base/macro.h"

typedef enum EventKind {
        EVENT_EXITED,    /* PID ended, with CODE (CLD_*) and STATUS */
        EVENT_SIGNAL,    /* SIGNAL was sent to svrun, for the command */
        EVENT_NOTIFY,    /* the notification socket has something to read */
        EVENT_ABANDONED, /* svrun is gone */
        EVENT_TIMEOUT,
} EventKind;

typedef struct Event {
        EventKind kind;
        pid_t pid;
        int code;
        int status;
        int signal;
} Event;

typedef struct Events {
        int signal_fd;
        int stop_fd;  /* readable when there is a signal that asks to stop; nothing is read from it
                       */
        int lifeline; /* end of a pipe whose other end svrun holds */
        int notify;   /* -EBADF: none */
        int watched;  /* a pidfd, or -EBADF: see events_watch() */
        pid_t watched_pid;
        bool look_again;   /* a SIGCHLD was taken off the signal fd */
        bool turn;         /* who comes first this time: see events.c */
        unsigned messages; /* in a row */
} Events;

#define EVENTS_INIT                                                                           \
        {                                                                                     \
                .signal_fd = -EBADF, .stop_fd = -EBADF, .lifeline = -EBADF, .notify = -EBADF, \
                .watched = -EBADF                                                             \
        }

/* What others may send: SIGCHLD, and all that is for the command and passed on. */
void events_signals(sigset_t *ret);

/* Does SIGNAL ask to stop? */
bool events_is_stop(int signal);

/* Blocks all signals and opens the signal fds. LIFELINE is taken over; all are open as long as the
 * process lives. */
int events_open(Events *e, int lifeline);

/* PID, who may be no child of ours, gets an EVENT_EXITED, too; then as if with status 0, which only
 * its parent is told. 0 ends the watch. */
void events_watch(Events *e, pid_t pid);

/* DEADLINE as base/clock.h has them. */
int events_next(Events *e, uint64_t deadline, Event *ret);
