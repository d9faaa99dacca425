/*
 * The child's part of launch(): from the fork to the execution.
 */
#pragma once

#include "supervisor/exec/launch.h"

/* Ends in execve(), or in _exit() after a LaunchFailure was written to SOCKET_FD, which also takes
 * the requests of apply/helper.h. PARENT is the process that forked. */
_noreturn_ void child_run(const LaunchRequest *request, pid_t parent, int socket_fd);
