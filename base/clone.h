/*
 * A child that shares the memory of its parent until it executes a program, as that of vfork(2)
 * does, but on a stack of its own, and in a control group from its first instruction, clone3(2).
 * Nothing is copied, so it costs a fraction of fork(), however much memory the parent has.
 *
 * What the two share is everything in memory, errno and the heap as well, and nothing else. So at
 * any time only one of them may do more than wait: the parent makes just system calls that do not
 * fail, until it hears from the child. The kernel could keep it asleep until then (CLONE_VFORK),
 * but a sleeper of that kind can be woken by nothing if the child is stopped. A child that was
 * killed may have been in the middle of changing the heap: then the parent may do nothing with
 * memory any more.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

typedef struct CloneStack {
        void *start; /* a page that nobody may touch */
        size_t size;
} CloneStack;

/* Returns 0 or negative errno. */
int clone_stack_map(CloneStack *ret);
void clone_stack_unmap(CloneStack *s); /* for _cleanup_; once the child does not share any more */

typedef struct CloneRequest {
        void (*function)(void *argument); /* must not return */
        void *argument;
        const CloneStack *stack;
        int cgroup_fd; /* where the child is to be; negative: where the caller is */
} CloneRequest;

/* Returns the pid, or negative errno: -ENOSYS where this machine or build cannot. */
pid_t clone_shared(const CloneRequest *q);
