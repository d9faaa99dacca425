/*
 * CLONE_PARENT makes svinit the parent, which reaps; the manager may die at any instant, and the
 * child neither notices nor is lost. Between clone and exec nothing allocates, locks or logs.
 */
#include "supervisor/manager/spawn.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clone-call.h"
#include "base/fd.h"
#include "supervisor/exec/protocol.h"

#define EXIT_EXEC  203
#define STACK_SIZE (16 << 10)

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

pid_t spawn(const SpawnRequest *request) {
        _cleanup_free_ int *fds = calloc(3 + request->n_fds, sizeof(int));
        _cleanup_fd_ int text = make_text(request->text);
        _Alignas(16) char stack[STACK_SIZE];
        struct clone_args args = {
                .flags = CLONE_VFORK | CLONE_PARENT | CLONE_CLEAR_SIGHAND |
                         (request->group >= 0 ? (uint64_t)CLONE_INTO_CGROUP : 0),
                .cgroup = request->group >= 0 ? (uint64_t)request->group : 0,
                .stack = (uintptr_t)stack,
                .stack_size = sizeof(stack),
        };
        Child child = { .request = request, .fds = fds, .n = 3 + request->n_fds };

        if (!fds)
                return -ENOMEM;
        if (text < 0)
                return text;
        fds[0] = request->socket;
        fds[1] = text;
        fds[2] = request->group;
        for (size_t i = 0; i < request->n_fds; i++)
                fds[3 + i] = request->fds[i];
        return clone_call(&args, become, &child);
}
