/*
 * Sets of system calls, small enough to live on the stack and to be copied.
 */
#pragma once

#include "units/syscall-name.h"

/* Bit N is the call with SyscallId N. All bits zero: the empty set. */
typedef struct SyscallSet {
        uint64_t words[(SYSCALL_COUNT + 63) / 64];
} SyscallSet;

static inline void syscall_set_add(SyscallSet *set, SyscallId id) {
        set->words[id / 64] |= 1ULL << (id % 64);
}
static inline bool syscall_set_has(const SyscallSet *set, SyscallId id) {
        return set->words[id / 64] >> (id % 64) & 1;
}
