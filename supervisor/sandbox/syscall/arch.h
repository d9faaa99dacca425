/*
 * The architectures whose system calls one kernel can serve. Numbers and
 * argument passing differ between them, so a filter has a section for each;
 * what has none is no way around the filter, because it is refused.
 */
#pragma once

#include "base/diag.h"

typedef enum SyscallArch {
        SYSCALL_ARCH_X86_64,
        SYSCALL_ARCH_X86,
        SYSCALL_ARCH_X32,
        SYSCALL_ARCH_ARM64,
        SYSCALL_ARCH_ARM,
        SYSCALL_ARCH_COUNT,
} SyscallArch;

/* The one that our own programs are built for. */
#if defined(__aarch64__)
#define SYSCALL_ARCH_NATIVE SYSCALL_ARCH_ARM64
#elif defined(__x86_64__)
#define SYSCALL_ARCH_NATIVE SYSCALL_ARCH_X86_64
#else
#error "system call filters know x86-64 and arm64 only; add the architecture to arch.h and arch.c"
#endif

#define SYSCALL_ARCH_BIT(arch) (1U << (arch))

/* The kernel tells x32 from x86-64 by this bit in the call's number alone. */
#define SYSCALL_ARCH_X32_MARK 0x40000000U

typedef struct SyscallArchFacts {
        const char *name;     /* as in SystemCallArchitectures=, systemd.exec(5) */
        uint32_t audit;       /* AUDIT_ARCH_*: what seccomp_data.arch holds */
        uint32_t first;       /* added to the numbers of syscall-names.def: the x32 mark, or 0 */
        SyscallArch native;   /* of the kernels that serve it */
        bool has_multiplexer; /* socketcall() and ipc() carry many calls */
} SyscallArchFacts;

const SyscallArchFacts *syscall_arch_facts(SyscallArch arch);

/* Bits of all architectures that a kernel built for NATIVE serves, itself included. */
unsigned syscall_arch_family(SyscallArch native);

/* SystemCallArchitectures=: bits of those in NAMES that a kernel built for NATIVE serves. NATIVE
 * is always among them, because the service has to be executed. Names of other machines are fine
 * and add nothing; an unknown name is -EINVAL, with the reason in DIAG. */
int syscall_arch_parse(char *const *names, SyscallArch native, Diag *diag, unsigned *ret);
