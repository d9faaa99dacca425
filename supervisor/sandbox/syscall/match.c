/*
 * BPF compares 32 bits at a time, and only by ==, > and >=. The others are
 * these with the ways out exchanged; 64 bits are the high word, then the low
 * one. All architectures of arch.h are little-endian: the low word comes first.
 */
#include "supervisor/sandbox/syscall/match.h"

#include <linux/seccomp.h>

static const struct {
        uint16_t comparison;
        bool exchanged;
} comparisons[] = {
        [SYSCALL_EQUAL] = { BPF_JEQ, false },   [SYSCALL_NOT_EQUAL] = { BPF_JEQ, true },
        [SYSCALL_GREATER] = { BPF_JGT, false }, [SYSCALL_GREATER_OR_EQUAL] = { BPF_JGE, false },
        [SYSCALL_LESS] = { BPF_JGE, true },     [SYSCALL_LESS_OR_EQUAL] = { BPF_JGT, true },
};

enum { LOW_WORD = 0, HIGH_WORD = 4 };

static SyscallLabel load(SyscallCode *c, const SyscallTest *test, unsigned word,
                         SyscallLabel next) {
        uint32_t mask = (uint32_t)(word == HIGH_WORD ? test->mask >> 32 : test->mask);
        size_t offset = offsetof(struct seccomp_data, args) + 8 * test->argument + word;

        next = syscall_code_mask(c, mask, next);
        return syscall_code_load(c, (uint32_t)offset, next);
}

static bool is_one_bit(uint32_t mask) {
        return mask && !(mask & (mask - 1));
}

/* "Any of these bits" and "this bit" are one instruction, without a mask before it. */
static SyscallLabel match_bits(SyscallCode *c, const SyscallTest *test, SyscallLabel yes,
                               SyscallLabel no) {
        uint32_t mask = (uint32_t)test->mask;
        SyscallTest unmasked = *test;
        SyscallLabel l;

        unmasked.mask = UINT32_MAX;
        l = (uint32_t)test->value == 0 ? syscall_code_branch(c, BPF_JSET, mask, no, yes)
                                       : syscall_code_branch(c, BPF_JSET, mask, yes, no);
        return load(c, &unmasked, LOW_WORD, l);
}

static SyscallLabel match_low(SyscallCode *c, const SyscallTest *test, SyscallLabel yes,
                              SyscallLabel no) {
        uint16_t comparison = comparisons[test->compare].comparison;
        uint32_t mask = (uint32_t)test->mask, value = (uint32_t)test->value;

        if (comparison == BPF_JEQ && mask != UINT32_MAX &&
            (value == 0 || (value == mask && is_one_bit(mask))))
                return match_bits(c, test, yes, no);
        return load(c, test, LOW_WORD, syscall_code_branch(c, comparison, value, yes, no));
}

static SyscallLabel match_high(SyscallCode *c, const SyscallTest *test, SyscallLabel low,
                               SyscallLabel yes, SyscallLabel no) {
        uint32_t value = (uint32_t)(test->value >> 32);
        SyscallLabel l = syscall_code_branch(c, BPF_JEQ, value, low, no);

        if (comparisons[test->compare].comparison != BPF_JEQ)
                l = syscall_code_branch(c, BPF_JGT, value, yes, l);
        return load(c, test, HIGH_WORD, l);
}

SyscallLabel syscall_match_test(SyscallCode *c, const SyscallTest *test, SyscallLabel yes,
                                SyscallLabel no) {
        SyscallLabel low;

        if (comparisons[test->compare].exchanged) {
                SyscallLabel other = yes;

                yes = no;
                no = other;
        }
        low = match_low(c, test, yes, no);
        return test->wide ? match_high(c, test, low, yes, no) : low;
}

SyscallLabel syscall_match_all(SyscallCode *c, const SyscallTest *tests, size_t n, SyscallLabel yes,
                               SyscallLabel no) {
        while (n-- > 0)
                yes = syscall_match_test(c, &tests[n], yes, no);
        return yes;
}
