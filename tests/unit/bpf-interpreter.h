/*
 * Runs a filter program as the kernel would, and fails the test where the
 * kernel would refuse to load it: a jump out of the program, an unaligned or
 * distant load, an instruction that seccomp does not know.
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

typedef struct BpfResult {
        uint32_t action;
        unsigned steps; /* instructions that were executed */
} BpfResult;

static inline uint32_t bpf_jump(const struct sock_filter *i, uint32_t a) {
        switch (BPF_OP(i->code)) {
        case BPF_JA:
                return i->k;
        case BPF_JEQ:
                return a == i->k ? i->jt : i->jf;
        case BPF_JGT:
                return a > i->k ? i->jt : i->jf;
        case BPF_JGE:
                return a >= i->k ? i->jt : i->jf;
        case BPF_JSET:
                return a & i->k ? i->jt : i->jf;
        default:
                fail_msg("jump %#x", i->code);
                return 0;
        }
}

static inline BpfResult bpf_run(const struct sock_filter *program, size_t n,
                                const struct seccomp_data *data) {
        BpfResult result = { 0 };
        uint32_t a = 0;

        for (size_t pc = 0;; pc++) {
                const struct sock_filter *i = &program[pc];

                if (pc >= n)
                        fail_msg("the program ends without an answer");
                result.steps++;
                if (i->code == (BPF_LD | BPF_W | BPF_ABS)) {
                        if (i->k % 4 != 0 || i->k + 4 > sizeof(*data))
                                fail_msg("load from %u", i->k);
                        memcpy(&a, (const char *)data + i->k, sizeof(a));
                } else if (i->code == (BPF_ALU | BPF_AND | BPF_K))
                        a &= i->k;
                else if (BPF_CLASS(i->code) == BPF_JMP)
                        pc += bpf_jump(i, a);
                else if (i->code == (BPF_RET | BPF_K)) {
                        result.action = i->k;
                        return result;
                } else
                        fail_msg("instruction %#x", i->code);
        }
}
