/*
 * From rules to the one program that the kernel runs before each system call.
 */
#pragma once

#include <linux/filter.h>

#include "supervisor/sandbox/syscall/rules.h"

/* A plain array: it can be kept in a file and loaded as it is, on the architecture family that it
 * was made for. */
typedef struct SyscallProgram {
        struct sock_filter *instructions;
        size_t n; /* 0: nothing to enforce, nothing to load */
} SyscallProgram;

void syscall_program_done(SyscallProgram *p); /* for _cleanup_ */

/* Calls of architectures that RULES leaves out kill the process, in whatever layer; a number that
 * no rule names gets the strictest of the layers' default actions. The same rules give the same
 * program. A rule by name that no architecture knows has no effect (units/syscall-filter.h has said
 * it), so that its call gets the default action, too. -E2BIG with the reason in DIAG where the
 * program would exceed the kernel's limit of 4096 instructions. */
int syscall_program_compile(const SyscallRules *rules, Diag *diag, SyscallProgram *ret);
