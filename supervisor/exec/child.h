/*
 * The calling process becomes the command: from the fork to the execution, or without a fork.
 */
#pragma once

#include "supervisor/exec/launch.h"

typedef struct ChildPeers {
        int report_fd; /* takes the reports */
        int helper_fd; /* answers the requests of apply/helper.h; may be the same */
        pid_t helper;  /* our child: asked to end and waited for when it is not needed any more; 0:
                        * none */
        pid_t parent;  /* we die with it; 0: we do not */
} ChildPeers;

/* Ends in execve() after EXEC_READY, or in _exit() after EXEC_FAILED was sent. */
_noreturn_ void child_run(const LaunchRequest *request, const ChildPeers *peers);
