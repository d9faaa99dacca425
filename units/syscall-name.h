/*
 * The system calls that have a name, by position in syscall-names.def. Names
 * do not depend on the machine: a unit file means the same on each, and which
 * number a call has, or whether the machine has it at all, is asked later.
 */
#pragma once

#include "base/macro.h"

#define SYSCALL(name, x86_64, x86, x32, arm64, arm) SYSCALL_##name,
typedef enum SyscallId {
        SYSCALL_NONE = -1,
#include "units/syscall-names.def"
        SYSCALL_COUNT,
} SyscallId;
#undef SYSCALL

const char *syscall_name_of(SyscallId id);

/* SYSCALL_NONE for a name that is not in the table. */
SyscallId syscall_name_find(const char *name);

/* The known name that NAME was probably meant to be, or NULL. */
const char *syscall_name_nearest(const char *name);
