/*
 * Whoever is killed, nothing is left: a second process, the guard, waits until this one is gone or
 * done, and removes the control group with all that is in it. It is the only one that does, so that
 * an orderly end and a violent one are the same. Should the guard be killed, this process does it.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/container/enter.h"
#include "tests/container/group.h"
#include "tests/container/run.h"

/* From linux/sched.h, which cannot be included beside sched.h. */
#define INTO_CGROUP 0x200000000ULL
typedef struct CloneArguments {
        uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
                set_tid_size, cgroup;
} CloneArguments;

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC)

static _noreturn_ void guard(const char *group, int alive) {
        char byte;

        setsid();
        while (read(alive, &byte, 1) < 0 && errno == EINTR)
                ;
        _exit(group_remove(group) < 0 ? 1 : 0);
}

/* Starts the guard; what it waits for is the end of the pipe whose other end is *RET_ALIVE. It is
 * forked with the signals blocked that end a container. */
static pid_t start_guard(const char *group, int *ret_alive) {
        int ends[2];
        pid_t pid;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        pid = fork();
        if (pid == 0) {
                close(ends[1]);
                guard(group, ends[0]);
        }
        close(ends[0]);
        if (pid < 0) {
                close(ends[1]);
                return -errno;
        }
        *ret_alive = ends[1];
        return pid;
}

static _noreturn_ void first_process(const Inside *in, char *const program[]) {
        const char *what;
        int r = inside_set_up(in, &what);

        if (r < 0) {
                fprintf(stderr, "container: %s: %s\n", what, strerror(-r));
                _exit(125);
        }
        enter_become(program);
}

/* Returns the pid of the first process when it is about to become the program, or negative errno.
 */
static pid_t start_first(const Inside *in, int group_fd, char *const program[]) {
        CloneArguments arguments = { .flags = INTO_CGROUP | NAMESPACES |
                                              (in->own_network ? CLONE_NEWNET : 0),
                                     .exit_signal = SIGCHLD,
                                     .cgroup = (uint64_t)group_fd };
        _cleanup_fd_ int ready = -EBADF;
        int ends[2];
        pid_t pid;
        char byte;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        ready = ends[0];
        pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
        if (pid == 0)
                first_process(in, program);
        close(ends[1]);
        if (pid < 0)
                return -errno;
        /* The other end closes when it executes, or ends. */
        while (read(ready, &byte, 1) < 0 && errno == EINTR)
                ;
        return pid;
}

/* Waits until the first process ended. Returns its exit status; 128 + the signal that came first.
 */
static int attend(pid_t first, int signals) {
        struct signalfd_siginfo info;
        int status;

        for (;;) {
                if (waitpid(first, &status, WNOHANG) == first)
                        return enter_status(status);
                if (read(signals, &info, sizeof(info)) < 0 && errno != EINTR)
                        return -errno;
                if (info.ssi_signo != SIGCHLD)
                        return 128 + (int)info.ssi_signo;
        }
}

static int run_guarded(const Inside *in, const char *group, int group_fd, char *const program[]) {
        _cleanup_fd_ int signals = -EBADF;
        sigset_t mask;
        pid_t first;
        int r;

        sigemptyset(&mask);
        sigaddset(&mask, SIGCHLD);
        sigaddset(&mask, SIGTERM);
        sigaddset(&mask, SIGINT);
        sigaddset(&mask, SIGHUP);
        signals = signalfd(-1, &mask, SFD_CLOEXEC);
        if (signals < 0)
                return -errno;
        first = start_first(in, group_fd, program);
        if (first < 0)
                return first;
        r = group_note_first(group, first);
        return r < 0 ? r : attend(first, signals);
}

int run_container(const Inside *in, const char *group, char *const program[]) {
        _cleanup_fd_ int group_fd = -EBADF;
        int alive = -EBADF, status, r, left;
        sigset_t all;
        pid_t pid;

        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        group_fd = group_make(group);
        if (group_fd < 0) {
                fprintf(stderr, "container: %s: %s\n", group, strerror(-group_fd));
                return group_fd;
        }
        pid = start_guard(group, &alive);
        if (pid < 0) {
                fprintf(stderr, "container: the guard: %s\n", strerror(-pid));
                return pid;
        }
        r = run_guarded(in, group, group_fd, program);
        if (r < 0)
                fprintf(stderr, "container: %s\n", strerror(-r));
        close(alive);
        while ((left = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
                ;
        left = left < 0 || status != 0 ? group_remove(group) : 0;
        if (left < 0)
                fprintf(stderr, "container: removing %s: %s\n", group, strerror(-left));
        return left < 0 ? left : r;
}
