/*
 * CLONE_PARENT makes svinit the parent, which reaps; the manager may die at any instant, and the
 * child neither notices nor is lost. Between clone and exec nothing allocates, locks or logs.
 */
#include "supervisor/manager/spawn.h"

#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/fd.h"
#include "supervisor/exec/protocol.h"

#define EXIT_EXEC 203

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

static _noreturn_ void become(const SpawnRequest *request, int *fds, size_t n) {
        char *argv[] = { (char *)request->name, (char *)request->argument, NULL };
        struct sigaction usual = { .sa_handler = SIG_DFL };
        sigset_t none;

        for (int s = 1; s < NSIG; s++)
                (void)sigaction(s, &usual, NULL);
        sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        if (arrange(fds, n))
                (void)execv(request->program, argv);
        _exit(EXIT_EXEC);
}

pid_t spawn(const SpawnRequest *request) {
        _cleanup_free_ int *fds = calloc(3 + request->n_fds, sizeof(int));
        _cleanup_fd_ int text = make_text(request->text);
        struct clone_args args = {
                .flags = CLONE_PARENT | (request->group >= 0 ? (uint64_t)CLONE_INTO_CGROUP : 0),
                .cgroup = request->group >= 0 ? (uint64_t)request->group : 0,
        };
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
        pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
        if (pid == 0)
                become(request, fds, 3 + request->n_fds);
        return pid < 0 ? -errno : pid;
}
