/*
 * clone3(2) that lends its memory to the child, for a flag that glibc's clone() has no room for:
 * CLONE_INTO_CGROUP. The bare call; clone.h says what the two may do meanwhile.
 */
#pragma once

#include <linux/sched.h>
#include <sys/types.h>

#include "base/macro.h"

/* FUNCTION runs in the child, on the stack that ARGS names, and must end in exec or _exit. FLAGS
 * get CLONE_VM. Returns the pid or negative errno. */
pid_t clone_call(struct clone_args *args, void (*function)(void *argument), void *argument);

/* The same with a copy of the memory, and without waiting. */
pid_t clone_copy(struct clone_args args, void (*function)(void *argument), void *argument);
