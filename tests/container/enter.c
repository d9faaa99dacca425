/*
 * The first process is held by a pidfd, so that all namespaces are those of one process, and that
 * process cannot be taken for a later one with its number.
 */
#include <errno.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/container/enter.h"
#include "tests/container/group.h"

#define NAMESPACES \
        (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP)

void enter_become(char *const command[]) {
        static const char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                                   "HOME=/root", "TERM=dumb",
                                                   "container=svalinn-test", NULL };
        sigset_t none;

        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
        execvpe(command[0], command, (char *const *)environment);
        fprintf(stderr, "container: %s: %s\n", command[0], strerror(errno));
        _exit(errno == ENOENT ? 127 : 126);
}

int enter_status(int status) {
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int enter_run(const char *group, pid_t first, char *const command[]) {
        _cleanup_fd_ int fd = (int)syscall(SYS_pidfd_open, first, 0);
        int status, r;
        pid_t pid;

        if (fd < 0)
                return -errno;
        r = group_join(group, first);
        if (r < 0)
                return r;
        if (setns(fd, NAMESPACES) < 0)
                return -errno;
        pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                enter_become(command);
        }
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return enter_status(status);
}
