/*
 * A conditional jump reaches 255 instructions far. Where its target lies
 * farther, a step is written in between: another return of the same action,
 * or a long jump.
 */
#include "supervisor/sandbox/syscall/code.h"

#include "base/array.h"

/* Two steps may still be written between the measuring and the jump itself. */
enum { REACH = 255 - 2 };

void syscall_code_done(SyscallCode *c) {
        free(c->reversed);
        *c = (SyscallCode){ 0 };
}

static SyscallLabel put(SyscallCode *c, struct sock_filter instruction) {
        if (c->error < 0)
                return 0;
        c->error = ARRAY_GROW(c->reversed, c->n);
        if (c->error < 0)
                return 0;
        c->reversed[c->n] = instruction;
        return c->n++;
}

/* How many instructions the next one would jump over to get to LABEL. */
static size_t distance(const SyscallCode *c, SyscallLabel label) {
        return c->n - label - 1;
}

static SyscallLabel put_return(SyscallCode *c, uint32_t action) {
        SyscallLabel label = put(c, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));

        c->returns[c->n_returns++ % SYSCALL_CODE_RETURNS] = label;
        return label;
}

SyscallLabel syscall_code_return(SyscallCode *c, uint32_t action) {
        for (size_t i = 0; i < MIN_OF(c->n_returns, (size_t)SYSCALL_CODE_RETURNS); i++)
                if (c->error >= 0 && c->reversed[c->returns[i]].k == action &&
                    distance(c, c->returns[i]) < REACH / 2)
                        return c->returns[i];
        return put_return(c, action);
}

/* A way to LABEL that begins at the instruction written last. */
static SyscallLabel put_step(SyscallCode *c, SyscallLabel label) {
        if (c->error < 0)
                return 0;
        if (c->reversed[label].code == (BPF_RET | BPF_K))
                return put_return(c, c->reversed[label].k);
        return put(c, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)distance(c, label)));
}

static SyscallLabel within_reach(SyscallCode *c, SyscallLabel label) {
        return distance(c, label) > REACH ? put_step(c, label) : label;
}

SyscallLabel syscall_code_branch(SyscallCode *c, uint16_t comparison, uint32_t value,
                                 SyscallLabel yes, SyscallLabel no) {
        if (yes == no)
                return yes;
        yes = within_reach(c, yes);
        no = within_reach(c, no);
        return put(c, (struct sock_filter)BPF_JUMP(BPF_JMP | comparison | BPF_K, value,
                                                   (uint8_t)distance(c, yes),
                                                   (uint8_t)distance(c, no)));
}

static SyscallLabel put_before(SyscallCode *c, struct sock_filter instruction, SyscallLabel next) {
        if (c->error >= 0 && distance(c, next) > 0)
                put_step(c, next);
        return put(c, instruction);
}

SyscallLabel syscall_code_load(SyscallCode *c, uint32_t offset, SyscallLabel next) {
        return put_before(c, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset), next);
}

SyscallLabel syscall_code_mask(SyscallCode *c, uint32_t mask, SyscallLabel next) {
        if (mask == UINT32_MAX)
                return next;
        return put_before(c, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask), next);
}

int syscall_code_take(SyscallCode *c, SyscallLabel start, struct sock_filter **ret, size_t *ret_n) {
        struct sock_filter *program;

        if (c->error < 0)
                return c->error;
        assert(start + 1 == c->n);
        program = calloc(c->n, sizeof(struct sock_filter));
        if (!program)
                return -ENOMEM;
        for (size_t i = 0; i < c->n; i++)
                program[i] = c->reversed[c->n - 1 - i];
        *ret = program;
        *ret_n = c->n;
        syscall_code_done(c);
        return 0;
}
