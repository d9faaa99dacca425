/*
 * The C library has no clone3(2), and clone(2) knows no control groups. A child
 * on a stack of its own cannot return from a function, so the call and the
 * branch after it are written out.
 */
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>

#include "base/clone.h"

pid_t clone_shared(const CloneRequest *q) {
        const struct clone_args args = {
                .flags = CLONE_VM | (q->waits ? CLONE_VFORK : 0) |
                         (q->cgroup_fd >= 0 ? CLONE_INTO_CGROUP : 0),
                .exit_signal = SIGCHLD,
                .stack = (uintptr_t)q->stack->start,
                .stack_size = q->stack->size,
                .cgroup = q->cgroup_fd >= 0 ? (uint64_t)q->cgroup_fd : 0,
        };
        long result = SYS_clone3;

        /* in the child the frame pointer is 0, where a walk of the stack ends */
        __asm__ volatile(
                "syscall\n\t"
                "testq %%rax, %%rax\n\t"
                "jnz 1f\n\t"
                "xorl %%ebp, %%ebp\n\t"
                "movq %[argument], %%rdi\n\t"
                "callq *%[function]\n\t"
                "ud2\n"
                "1:"
                : "+a"(result)
                : "D"(&args),
                  "S"(sizeof(args)), [function] "b"(q->function), [argument] "d"(q->argument)
                : "rcx", "r11", "cc", "memory");
        return (pid_t)result;
}
