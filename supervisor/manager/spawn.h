/*
 * One new process of svexec: a child of svinit, in its control group from the first instant.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

typedef struct SpawnRequest {
        const char *program;  /* svexec */
        const char *name;     /* shown by ps until the command is executed: the unit's */
        const char *argument; /* NULL: none */
        const char *text;     /* what goes into the memfd */
        int socket;           /* svexec's end */
        int group;            /* directory of its control group; -EBADF: there are none */
        bool limited;         /* that has limits, group-limit.h */
        const int *fds;       /* to be passed from EXEC_FD_FIRST on */
        size_t n_fds;
} SpawnRequest;

/* Returns the pid or negative errno. All descriptors stay the caller's. That svexec cannot be
 * executed shows as its end, with exit status 203 as in systemd.exec(5). -ETIMEDOUT: it was stopped
 * or frozen before that, and is killed. */
pid_t spawn(const SpawnRequest *request);
