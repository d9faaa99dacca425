/*
 * What svrun and svexec ask for, in the words of the system call.
 */
#include <signal.h>

#include "base/clone-call.h"
#include "base/clone.h"

pid_t clone_shared(const CloneRequest *q) {
        struct clone_args args = {
                .flags = q->cgroup_fd >= 0 ? CLONE_INTO_CGROUP : 0,
                .exit_signal = SIGCHLD,
                .stack = (uintptr_t)q->stack->start,
                .stack_size = q->stack->size,
                .cgroup = q->cgroup_fd >= 0 ? (uint64_t)q->cgroup_fd : 0,
        };

        return clone_call(&args, q->function, q->argument);
}
