/*
 * A child that shares the memory cannot return from where it was made: what is on the stack there
 * is the parent's. So it has a stack of its own, on which nothing is but what the function puts
 * there, and goes from the system call right into the function. The compiler cannot be told of a
 * stack that changes, hence the assembly: the C library has no clone3(2), and its clone(2) knows no
 * control groups. Everything is in registers, which the kernel keeps.
 *
 * Nothing is copied: for a manager with a thousand services, fork would copy its page tables, and
 * each page that either of the two writes to afterwards.
 */
#include "base/clone-call.h"

#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)

static long call(struct clone_args *args, void (*function)(void *), void *argument) {
        register void (*to)(void *) __asm__("r8") = function;
        register void *with __asm__("r9") = argument;
        long r = SYS_clone3;

        /* rbp 0 is the end of the chain of frames */
        __asm__ volatile("syscall\n\t"
                         "test %%rax, %%rax\n\t"
                         "jnz 1f\n\t"
                         "xor %%ebp, %%ebp\n\t"
                         "mov %%r9, %%rdi\n\t"
                         "call *%%r8\n\t"
                         "hlt\n"
                         "1:"
                         : "+a"(r)
                         : "D"(args), "S"(sizeof(*args)), "r"(to), "r"(with)
                         : "rcx", "r11", "cc", "memory");
        return r;
}

#elif defined(__aarch64__)

static long call(struct clone_args *args, void (*function)(void *), void *argument) {
        register long number __asm__("x8") = SYS_clone3;
        register void (*to)(void *) __asm__("x9") = function;
        register void *with __asm__("x10") = argument;
        register long r __asm__("x0") = (long)args;
        register size_t size __asm__("x1") = sizeof(*args);

        /* x29 0 is the end of the chain of frames */
        __asm__ volatile("svc #0\n\t"
                         "cbnz x0, 1f\n\t"
                         "mov x29, xzr\n\t"
                         "mov x0, x10\n\t"
                         "blr x9\n\t"
                         "brk #1\n"
                         "1:"
                         : "+r"(r)
                         : "r"(number), "r"(size), "r"(to), "r"(with)
                         : "x30", "cc", "memory");
        return r;
}

#else
#error "clone_call() is not written for this architecture"
#endif

pid_t clone_call(struct clone_args *args, void (*function)(void *), void *argument) {
        args->flags |= CLONE_VM;
        return (pid_t)call(args, function, argument);
}

pid_t clone_copy(struct clone_args args, void (*function)(void *argument), void *argument) {
        long pid;

        args.flags &= ~(uint64_t)(CLONE_VM | CLONE_VFORK | CLONE_CHILD_CLEARTID);
        args.child_tid = args.stack = args.stack_size = 0;
        pid = syscall(SYS_clone3, &args, sizeof(args));
        if (pid == 0)
                function(argument);
        return pid < 0 ? -errno : (pid_t)pid;
}
