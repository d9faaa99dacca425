/*
 * The tests of a rule, as instructions.
 */
#pragma once

#include "supervisor/sandbox/syscall/code.h"
#include "supervisor/sandbox/syscall/rules.h"

/* Goes on at YES where the argument passes TEST, else at NO. */
SyscallLabel syscall_match_test(SyscallCode *c, const SyscallTest *test, SyscallLabel yes,
                                SyscallLabel no);

/* The same for all N tests together. */
SyscallLabel syscall_match_all(SyscallCode *c, const SyscallTest *tests, size_t n, SyscallLabel yes,
                               SyscallLabel no);
