/*
 * The frame of the program: which architecture does the call belong to?
 *
 *     load arch -- x86-64 --> load number -- has x32's mark? --> section of x32
 *        |                            \-- no --> section of x86-64
 *        |-- x86 --> load number --> section of x86
 *        \-- none of these: kill
 */
#include "supervisor/sandbox/syscall/program.h"

#include <linux/seccomp.h>

#include "supervisor/sandbox/syscall/code.h"
#include "supervisor/sandbox/syscall/number.h"
#include "supervisor/sandbox/syscall/section.h"

/* A tracer that skips a call puts this in place of the number, seccomp(2). The kernel does nothing
 * then; it has x32's mark but is none of its calls. */
#define NUMBER_SKIPPED UINT32_MAX

void syscall_program_done(SyscallProgram *p) {
        free(p->instructions);
        *p = (SyscallProgram){ 0 };
}

static bool has(const SyscallRules *rules, SyscallArch arch) {
        return rules->archs & SYSCALL_ARCH_BIT(arch);
}

/* Calls with the mark of x32 arrive under x86-64's name. */
static int write_x32(const SyscallRules *rules, SyscallCode *c, SyscallLabel x86_64,
                     SyscallLabel *ret) {
        SyscallLabel x32, skipped;

        if (has(rules, SYSCALL_ARCH_X32)) {
                int r = syscall_section_write(rules, SYSCALL_ARCH_X32, c, &x32);

                if (r < 0)
                        return r;
        } else
                x32 = syscall_code_return(c, SECCOMP_RET_KILL_PROCESS);
        skipped = syscall_code_return(c, syscall_section_default(rules));
        x32 = syscall_code_branch(c, BPF_JEQ, NUMBER_SKIPPED, skipped, x32);
        *ret = syscall_code_branch(c, BPF_JGE, SYSCALL_ARCH_X32_MARK, x32, x86_64);
        return 0;
}

static int write_arch(const SyscallRules *rules, SyscallArch arch, SyscallCode *c,
                      SyscallLabel *ret) {
        SyscallLabel section;
        int r = syscall_section_write(rules, arch, c, &section);

        if (r >= 0 && arch == SYSCALL_ARCH_X86_64)
                r = write_x32(rules, c, section, &section);
        if (r < 0)
                return r;
        *ret = syscall_code_load(c, offsetof(struct seccomp_data, nr), section);
        return 0;
}

static int write_all(const SyscallRules *rules, SyscallCode *c, SyscallLabel *ret) {
        SyscallLabel next = syscall_code_return(c, SECCOMP_RET_KILL_PROCESS);

        /* Backwards, so that the most frequent architecture is asked for first. */
        for (unsigned i = SYSCALL_ARCH_COUNT; i-- > 0;) {
                SyscallArch arch = (SyscallArch)i;
                SyscallLabel section;
                int r;

                if (!has(rules, arch) || arch == SYSCALL_ARCH_X32)
                        continue;
                r = write_arch(rules, arch, c, &section);
                if (r < 0)
                        return r;
                next = syscall_code_branch(c, BPF_JEQ, syscall_arch_facts(arch)->audit, section,
                                           next);
        }
        *ret = syscall_code_load(c, offsetof(struct seccomp_data, arch), next);
        return 0;
}

int syscall_program_compile(const SyscallRules *rules, Diag *diag, SyscallProgram *ret) {
        _cleanup_(syscall_code_done) SyscallCode c = { 0 };
        SyscallLabel start;
        int r;

        if (rules->n_layers == 0 && rules->archs == syscall_arch_family(rules->native)) {
                *ret = (SyscallProgram){ 0 };
                return 0;
        }
        r = write_all(rules, &c, &start);
        if (r < 0)
                return r;
        if (c.n > BPF_MAXINSNS)
                return diag_error(
                        diag, -E2BIG,
                        "the system call filter has %zu instructions, and the kernel takes "
                        "%d; restrict SystemCallArchitectures= to native, or name fewer "
                        "calls with conditions",
                        c.n, BPF_MAXINSNS);
        return syscall_code_take(&c, start, &ret->instructions, &ret->n);
}
