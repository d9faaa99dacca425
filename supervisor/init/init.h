/*
 * All that svinit knows, in one structure of fixed size that lies in a memfd: a
 * fatal signal may end the program at any instruction, and its next image goes on
 * with what stands here. So a slot is filled before it counts, and a thing is
 * noted before it is done.
 */
#pragma once

#include <limits.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/say.h"
#include "supervisor/init/protocol.h"

typedef struct InitStatus {
        int32_t pid, code, status;
} InitStatus;

typedef struct InitFd {
        int fd;          /* 0: the slot is free */
        uint32_t length; /* of name */
        uint64_t id;
        char name[INIT_TEXT_MAX];
} InitFd;

typedef enum InitRole { INIT_ROLE_NONE, INIT_ROLE_MANAGER, INIT_ROLE_SHELL } InitRole;

/* What is done at State.watch_at. */
typedef enum InitWatch { INIT_WATCH_PING, INIT_WATCH_ABORT, INIT_WATCH_KILL } InitWatch;

typedef struct State {
        uint64_t magic; /* set when all is set up */

        bool adjacent, machine;            /* machine: process 1, and not of a container */
        InitAction after_crashes;          /* the settings, see svinit(8) */
        uint32_t crashes_max, hang, timer; /* timer: of the watchdog; both in seconds */
        char manager[PATH_MAX];
        struct rlimit files; /* as it was, for the manager */

        int memory, self, watchdog; /* fds: this structure, the program, the device */
        int link;                   /* to the manager, while there is talk */
        InitRole role;              /* of child, */
        pid_t child;                /* the process that is not the manager's business */
        uint64_t started_at;        /* CLOCK_MONOTONIC in us, as all that follow */
        uint64_t start_at;          /* when there is no child */
        uint64_t ready_at;          /* 0: not yet */
        uint32_t crashes, unready;  /* in a row; unready: it had not come up */
        InitMessage hello;          /* for the next manager */
        bool greeted, synced;       /* how far the hand-over has come */
        bool talked;                /* has the manager, since the last PING */
        InitWatch watch;
        uint64_t watch_at, ping, ping_sent;

        uint64_t first, sent, next, reaped; /* sequence numbers: unacknowledged from first on */
        InitStatus statuses[INIT_STATUSES_MAX];
        uint64_t signals, signals_sent; /* bit N: signal N */
        uint64_t interrupts[8];         /* when the last SIGINTs came */
        uint32_t interrupts_n;

        uint32_t faults;   /* fatal signals in svinit itself, in a row, */
        uint64_t fault_at; /* and when the row began */
        InitMessage final; /* number: INIT_NONE until the end is asked for */

        uint32_t fds_n, fds_sent; /* slots ever used; handed to this manager */
        InitFd fds[INIT_FDS_MAX];
} State;

/* Nothing that is written above is moved below. */
#define init_fence() __atomic_signal_fence(__ATOMIC_SEQ_CST)

#define init_say(s, ...) say((s)->machine, "svinit", __VA_ARGS__)

/* resume.c: makes or takes over the state, and lets a fatal signal lead back here */
State *init_new(void);
State *init_resume(int memory);
int init_catch_faults(State *s);

/* manager.c */
void init_reap(State *s);    /* takes statuses while there is room */
uint64_t init_due(State *s); /* does what is due; when to come back, CLOCK_FOREVER: when there
                              * is news */
void init_break(State *s, int error); /* ends a manager beyond trust; error: of init_receive() */

/* link.c */
void init_flush(State *s);        /* tells the manager what it does not know yet */
bool init_unsent(const State *s); /* is there more than the socket took? */
int init_receive(State *s);       /* does one thing that the manager asks for. 1; 0: there is none;
                                   * negative: what it sent is no message, or it has closed */

/* final.c */
void init_ask_final(State *s, InitAction action, int status);
_noreturn_ void init_final(State *s);
