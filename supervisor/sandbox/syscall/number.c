/*
 * Numbers by name. They come from our own table; the library is asked only
 * for names that the table lacks, because the first look-ups in it cost a
 * fresh process half a millisecond of page faults.
 */
#include "supervisor/sandbox/syscall/number.h"

#include <linux/ipc.h>
#include <linux/net.h>
#include <seccomp.h>

/* Wide enough for arm's private numbers, which begin at 0x0f0000. */
static const int32_t numbers[SYSCALL_COUNT][SYSCALL_ARCH_COUNT] = {
#define SYSCALL(name, x86_64, x86, x32, arm64, arm)                                                 \
        {                                                                                           \
                [SYSCALL_ARCH_X86_64] = x86_64, [SYSCALL_ARCH_X86] = x86, [SYSCALL_ARCH_X32] = x32, \
                [SYSCALL_ARCH_ARM64] = arm64,   [SYSCALL_ARCH_ARM] = arm,                           \
        },
#include "units/syscall-names.def"
#undef SYSCALL
};

/* socketcall(2) and ipc(2). */
static const struct {
        SyscallId id, multiplexer;
        unsigned index;
} multiplexed[] = {
        { SYSCALL_socket, SYSCALL_socketcall, SYS_SOCKET },
        { SYSCALL_bind, SYSCALL_socketcall, SYS_BIND },
        { SYSCALL_connect, SYSCALL_socketcall, SYS_CONNECT },
        { SYSCALL_listen, SYSCALL_socketcall, SYS_LISTEN },
        { SYSCALL_accept, SYSCALL_socketcall, SYS_ACCEPT },
        { SYSCALL_getsockname, SYSCALL_socketcall, SYS_GETSOCKNAME },
        { SYSCALL_getpeername, SYSCALL_socketcall, SYS_GETPEERNAME },
        { SYSCALL_socketpair, SYSCALL_socketcall, SYS_SOCKETPAIR },
        { SYSCALL_send, SYSCALL_socketcall, SYS_SEND },
        { SYSCALL_recv, SYSCALL_socketcall, SYS_RECV },
        { SYSCALL_sendto, SYSCALL_socketcall, SYS_SENDTO },
        { SYSCALL_recvfrom, SYSCALL_socketcall, SYS_RECVFROM },
        { SYSCALL_shutdown, SYSCALL_socketcall, SYS_SHUTDOWN },
        { SYSCALL_setsockopt, SYSCALL_socketcall, SYS_SETSOCKOPT },
        { SYSCALL_getsockopt, SYSCALL_socketcall, SYS_GETSOCKOPT },
        { SYSCALL_sendmsg, SYSCALL_socketcall, SYS_SENDMSG },
        { SYSCALL_recvmsg, SYSCALL_socketcall, SYS_RECVMSG },
        { SYSCALL_accept4, SYSCALL_socketcall, SYS_ACCEPT4 },
        { SYSCALL_recvmmsg, SYSCALL_socketcall, SYS_RECVMMSG },
        { SYSCALL_sendmmsg, SYSCALL_socketcall, SYS_SENDMMSG },
        { SYSCALL_semop, SYSCALL_ipc, SEMOP },
        { SYSCALL_semget, SYSCALL_ipc, SEMGET },
        { SYSCALL_semctl, SYSCALL_ipc, SEMCTL },
        { SYSCALL_semtimedop, SYSCALL_ipc, SEMTIMEDOP },
        { SYSCALL_msgsnd, SYSCALL_ipc, MSGSND },
        { SYSCALL_msgrcv, SYSCALL_ipc, MSGRCV },
        { SYSCALL_msgget, SYSCALL_ipc, MSGGET },
        { SYSCALL_msgctl, SYSCALL_ipc, MSGCTL },
        { SYSCALL_shmat, SYSCALL_ipc, SHMAT },
        { SYSCALL_shmdt, SYSCALL_ipc, SHMDT },
        { SYSCALL_shmget, SYSCALL_ipc, SHMGET },
        { SYSCALL_shmctl, SYSCALL_ipc, SHMCTL },
};

static const uint32_t library_arch[SYSCALL_ARCH_COUNT] = {
        [SYSCALL_ARCH_X86_64] = SCMP_ARCH_X86_64, [SYSCALL_ARCH_X86] = SCMP_ARCH_X86,
        [SYSCALL_ARCH_X32] = SCMP_ARCH_X32,       [SYSCALL_ARCH_ARM64] = SCMP_ARCH_AARCH64,
        [SYSCALL_ARCH_ARM] = SCMP_ARCH_ARM,
};

int64_t syscall_number_of(SyscallId id, SyscallArch arch) {
        int32_t number = numbers[id][arch];

        return number < 0 ? -1 : (int64_t)number + syscall_arch_facts(arch)->first;
}

int64_t syscall_number_of_name(const char *name, SyscallArch arch) {
        int number = seccomp_syscall_resolve_name_arch(library_arch[arch], name);

        return number < 0 ? -1 : number; /* the x32 mark is part of the library's numbers */
}

SyscallId syscall_number_find(SyscallArch arch, uint32_t number) {
        for (int i = 0; i < SYSCALL_COUNT; i++)
                if (syscall_number_of((SyscallId)i, arch) == number)
                        return (SyscallId)i;
        return SYSCALL_NONE;
}

SyscallId syscall_number_multiplexer(SyscallId id, unsigned *ret_index) {
        for (size_t i = 0; i < ARRAY_SIZE(multiplexed); i++)
                if (multiplexed[i].id == id) {
                        *ret_index = multiplexed[i].index;
                        return multiplexed[i].multiplexer;
                }
        return SYSCALL_NONE;
}
