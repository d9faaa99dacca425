/*
 * The child's part of launch(): from the fork to the execution.
 */
#pragma once

#include "supervisor/exec/launch.h"

/* Ends in execve(), or in _exit() after a LaunchFailure was written to REPORT_FD. PARENT is the
 * process that forked. */
_noreturn_ void child_run(const LaunchRequest *request, pid_t parent, int report_fd, int helper_fd);
