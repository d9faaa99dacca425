/*
 * The socket to an svexec that is starting, supervisor/exec/protocol.h: made, and read so that what
 * was heard can be written down before it is dropped.
 */
#pragma once

#include <sys/types.h>

#include "supervisor/exec/protocol.h"

typedef struct TalkMessage TalkMessage;
struct TalkMessage {
        ExecReport report; /* its texts end */
        pid_t pid;         /* who sent it, as the kernel says; 0: not known */
        int fds[EXEC_KEPT_COUNT];
        size_t n_fds;
};

/* Returns 0 or negative errno. */
int talk_pair(int *ret_ours, int *ret_theirs);

/* Looks at the next report, whose descriptors become the caller's. Returns 1; 0 at the end of the
 * socket, which words that are no report are, too; -EAGAIN: nothing yet; or negative errno. */
int talk_hear(int fd, TalkMessage *ret);

/* Drops the report that was looked at. */
void talk_drop(int fd);
