/*
 * clone3(2) that lends its memory to the child, as vfork(2) does, for a flag that glibc's clone()
 * has no room for: CLONE_INTO_CGROUP.
 */
#pragma once

#include <linux/sched.h>
#include <sys/types.h>

#include "base/macro.h"

/* FUNCTION runs in the child, on the stack that ARGS names, and must end in exec or _exit; until
 * then the caller sleeps. FLAGS get CLONE_VM and CLONE_VFORK. Returns the pid or negative errno. */
pid_t clone_call(struct clone_args *args, void (*function)(void *argument), void *argument);
