/*
 * What a system call filter shall do, as data: layers of rules, one layer for
 * each directive that has a say. Layers stack like filters in the kernel: each
 * gives its own answer to a call, and the most restrictive answer counts; of
 * two that are equally restrictive (two errno values, say) the later layer's.
 *
 * Actions are the kernel's SECCOMP_RET_* values, seccomp(2).
 */
#pragma once

#include <linux/seccomp.h>

#include "supervisor/sandbox/syscall/arch.h"
#include "units/syscall-name.h"

typedef enum SyscallCompare {
        SYSCALL_EQUAL,
        SYSCALL_NOT_EQUAL,
        SYSCALL_GREATER,
        SYSCALL_GREATER_OR_EQUAL,
        SYSCALL_LESS,
        SYSCALL_LESS_OR_EQUAL,
} SyscallCompare;

/* "argument & mask" COMPARE "value", unsigned. Where the kernel takes an int, only the low 32 bits
 * may be compared: it ignores the others, and a process can fill them as it likes. */
typedef struct SyscallTest {
        unsigned argument; /* 0 to 5 */
        bool wide;         /* all 64 bits; else the low 32 */
        SyscallCompare compare;
        uint64_t mask;
        uint64_t value;
} SyscallTest;

enum { SYSCALL_RULE_TESTS = 3 };

typedef struct SyscallRule {
        SyscallId id;     /* SYSCALL_NONE: look at NAME */
        const char *name; /* of a call that syscall-names.def lacks; borrowed */
        uint32_t action;
        unsigned archs; /* bits; 0: all that have the call */
        unsigned n_tests;
        SyscallTest tests[SYSCALL_RULE_TESTS]; /* all must hold */
} SyscallRule;

/* Of the rules of one layer that match a call, the most restrictive counts. */
typedef struct SyscallLayer {
        const char *directive;   /* static, without "=" */
        uint32_t default_action; /* for calls that no rule of the layer matches */
        size_t first;            /* its rules: from here to the next layer's first */
} SyscallLayer;

/* A rule as it is kept. Most have no tests, and hundreds of rules are made at each launch, where
 * every page of memory that is touched for the first time costs more than what is done with it. */
typedef struct SyscallKeptRule {
        SyscallId id;
        uint32_t action;
        const char *name;
        unsigned archs;
        uint16_t n_tests;
        uint16_t first_test; /* in SyscallRules.tests */
} SyscallKeptRule;

typedef struct SyscallRules {
        SyscallArch native;
        unsigned archs; /* bits: calls of all others kill the process */
        SyscallLayer *layers;
        size_t n_layers;
        SyscallKeptRule *rules;
        size_t n_rules;
        SyscallTest *tests;
        size_t n_tests;
} SyscallRules;

/* An empty description: nothing is refused. */
#define SYSCALL_RULES_INIT(arch) \
        { .native = (arch), .archs = syscall_arch_family(arch) }

void syscall_rules_done(SyscallRules *rules); /* for _cleanup_ */

/* Opens a layer; rules that are added belong to it. Returns 0 or -ENOMEM. */
int syscall_rules_begin(SyscallRules *rules, const char *directive, uint32_t default_action);

/* Copies RULE to the open layer. Where an architecture carries the call in a multiplexer, too, a
 * rule without tests holds there as well; tests cannot be carried over. Returns 0, -ENOMEM, or
 * -E2BIG for more than 65535 tests in all. */
int syscall_rules_add(SyscallRules *rules, const SyscallRule *rule);

/* Index behind the last rule of LAYER. */
size_t syscall_rules_end(const SyscallRules *rules, size_t layer);

static inline uint32_t syscall_rules_errno(int error) {
        return SECCOMP_RET_ERRNO | ((unsigned)error & SECCOMP_RET_DATA);
}

/* Is action A more restrictive than B? As in the kernel, data (the errno) does not count. */
static inline bool syscall_rules_stricter(uint32_t a, uint32_t b) {
        return (int32_t)(a & SECCOMP_RET_ACTION_FULL) < (int32_t)(b & SECCOMP_RET_ACTION_FULL);
}
