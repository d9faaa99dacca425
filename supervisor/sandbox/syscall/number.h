/*
 * The numbers that stand for system calls on each architecture.
 */
#pragma once

#include "supervisor/sandbox/syscall/arch.h"
#include "units/syscall-name.h"

/* The call's number in seccomp_data.nr, or -1 where ARCH lacks it (or has it only inside a
 * multiplexer). */
int64_t syscall_number_of(SyscallId id, SyscallArch arch);

/* The same for a name that syscall-names.def lacks. */
int64_t syscall_number_of_name(const char *name, SyscallArch arch);

/* The call with a number as the kernel reports it, after a SIGSYS or in an audit record:
 * SYSCALL_NONE where none is known. */
SyscallId syscall_number_find(SyscallArch arch, uint32_t number);

/* The multiplexer that also carries the call, or SYSCALL_NONE; *RET_INDEX is what it takes as its
 * first argument then. Only on architectures that have multiplexers. */
SyscallId syscall_number_multiplexer(SyscallId id, unsigned *ret_index);
