/*
 * Instructions of classic BPF, written from the last one to the first. Jumps
 * in BPF lead forward only, so whatever an instruction can lead to is there
 * already when it is written, and its distance is known.
 *
 * A label is where to go on. Every function takes labels and returns the label
 * of what it wrote. Errors stick and show in syscall_code_take().
 */
#pragma once

#include <linux/filter.h>

#include "base/macro.h"

typedef size_t SyscallLabel; /* position, counted from the end of the program */

enum { SYSCALL_CODE_RETURNS = 8 };

typedef struct SyscallCode {
        struct sock_filter *reversed;
        size_t n;
        int error; /* -ENOMEM from the first instruction that found no room */

        /* The most recent return instructions, to be led to again. */
        SyscallLabel returns[SYSCALL_CODE_RETURNS];
        size_t n_returns;
} SyscallCode;

void syscall_code_done(SyscallCode *c); /* for _cleanup_ */

/* Ends the program with ACTION, a SECCOMP_RET_* value. */
SyscallLabel syscall_code_return(SyscallCode *c, uint32_t action);

/* Compares the accumulator with VALUE by COMPARISON (BPF_JEQ, BPF_JGT, BPF_JGE). */
SyscallLabel syscall_code_branch(SyscallCode *c, uint16_t comparison, uint32_t value,
                                 SyscallLabel yes, SyscallLabel no);

/* Loads the 32-bit word at OFFSET of struct seccomp_data into the accumulator. */
SyscallLabel syscall_code_load(SyscallCode *c, uint32_t offset, SyscallLabel next);

/* Keeps the bits of MASK in the accumulator; writes nothing where those are all. */
SyscallLabel syscall_code_mask(SyscallCode *c, uint32_t mask, SyscallLabel next);

/* The program that begins at START, which must have been written last, in order: a new array of
 * *RET_N instructions. C is empty afterwards. Returns 0 or -ENOMEM. */
int syscall_code_take(SyscallCode *c, SyscallLabel start, struct sock_filter **ret, size_t *ret_n);
