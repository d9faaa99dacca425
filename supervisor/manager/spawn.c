/*
 * CLONE_PARENT makes svinit the parent, which reaps; the manager may die at any instant, and the
 * child neither notices nor is lost. Between clone and exec nothing allocates, locks or logs.
 *
 * Until it executes svexec the child has our memory, and we wait: not as vfork(2) does, for a child
 * in a group that is frozen at this instant would keep us for ever, but for the word that the
 * kernel clears when a process leaves its memory, set_tid_address(2). One that is late is killed,
 * which does no harm to memory that it does not write to.
 */
#include "supervisor/manager/spawn.h"

#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/clock.h"
#include "base/clone-call.h"
#include "base/fd.h"
#include "supervisor/exec/protocol.h"

#define EXIT_EXEC  203
#define STACK_SIZE (16 << 10)
#define LATE_USEC  (2 * CLOCK_SECOND) /* svinit waits for us, too */

static int make_text(const char *text) {
        _cleanup_fd_ int fd = memfd_create("unit", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        int r;

        if (fd < 0)
                return -errno;
        r = fd_write_all(fd, text, strlen(text));
        if (r < 0)
                return r;
        if (lseek(fd, 0, SEEK_SET) < 0 ||
            fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
                return -errno;
        return TAKE_FD(fd);
}

/* Puts FDS to the numbers from EXEC_FD_SOCKET on, by way of numbers above all of those. */
static bool arrange(int *fds, size_t n) {
        for (size_t i = 0; i < n; i++) {
                if (fds[i] < 0)
                        continue;
                fds[i] = fcntl(fds[i], F_DUPFD, EXEC_FD_SOCKET + (int)n);
                if (fds[i] < 0)
                        return false;
        }
        for (size_t i = 0; i < n; i++) {
                if (fds[i] < 0)
                        (void)close(EXEC_FD_SOCKET + (int)i);
                else if (dup2(fds[i], EXEC_FD_SOCKET + (int)i) < 0)
                        return false;
        }
        return close_range(EXEC_FD_SOCKET + (unsigned)n, UINT32_MAX, 0) == 0;
}

typedef struct Child {
        const SpawnRequest *request;
        int *fds;
        size_t n;
} Child;

/* In the manager's memory, which it must leave as it is but for the numbers in FDS. Handlers are
 * gone by themselves; what is ignored would stay so, and the manager ignores SIGPIPE. */
static _noreturn_ void become(void *argument) {
        const Child *c = argument;
        char *argv[] = { (char *)c->request->name, (char *)c->request->argument, NULL };
        struct sigaction usual = { .sa_handler = SIG_DFL };
        sigset_t none;

        (void)sigaction(SIGPIPE, &usual, NULL);
        sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        if (arrange(c->fds, c->n))
                (void)execv(c->request->program, argv);
        _exit(EXIT_EXEC);
}

/* Until BUSY is 0, or DEADLINE. */
static bool wait_until_free(int *busy, uint64_t deadline) {
        for (;;) {
                uint64_t now = clock_now(), left = deadline > now ? deadline - now : 0;
                const struct timespec span = { .tv_sec = (time_t)(left / CLOCK_SECOND),
                                               .tv_nsec = (long)(left % CLOCK_SECOND) * 1000 };

                if (__atomic_load_n(busy, __ATOMIC_ACQUIRE) == 0)
                        return true;
                if (left == 0)
                        return false;
                (void)syscall(SYS_futex, busy, FUTEX_WAIT, 1, &span, NULL, 0);
        }
}

/* Its number is its own as long as it has our memory: that is asked after the pidfd was opened. */
static int kill_late(pid_t pid, int *busy) {
        _cleanup_fd_ int fd = pidfd_open(pid, 0);

        if (__atomic_load_n(busy, __ATOMIC_ACQUIRE) == 0)
                return pid;
        if (fd >= 0)
                (void)pidfd_send_signal(fd, SIGKILL, NULL, 0);
        else
                (void)kill(pid, SIGKILL);
        (void)wait_until_free(busy, CLOCK_FOREVER); /* our stack is its stack */
        return -ETIMEDOUT;
}

pid_t spawn(const SpawnRequest *request) {
        _cleanup_free_ int *fds = calloc(3 + request->n_fds, sizeof(int));
        _cleanup_fd_ int text = make_text(request->text);
        _Alignas(16) char stack[STACK_SIZE];
        int busy = 1;
        struct clone_args args = {
                .flags = CLONE_CHILD_CLEARTID | CLONE_PARENT | CLONE_CLEAR_SIGHAND |
                         (request->group >= 0 ? (uint64_t)CLONE_INTO_CGROUP : 0),
                .child_tid = (uintptr_t)&busy,
                .cgroup = request->group >= 0 ? (uint64_t)request->group : 0,
                .stack = (uintptr_t)stack,
                .stack_size = sizeof(stack),
        };
        Child child = { .request = request, .fds = fds, .n = 3 + request->n_fds };
        pid_t pid;

        if (!fds)
                return -ENOMEM;
        if (text < 0)
                return text;
        fds[0] = request->socket;
        fds[1] = text;
        fds[2] = request->group;
        for (size_t i = 0; i < request->n_fds; i++)
                fds[3 + i] = request->fds[i];
        if (request->limited) /* what the kernel does to it there it must not do to us */
                return clone_copy(args, become, &child);
        pid = clone_call(&args, become, &child);
        if (pid < 0 || wait_until_free(&busy, clock_now() + LATE_USEC))
                return pid;
        return kill_late(pid, &busy);
}
