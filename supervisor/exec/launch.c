/*
 * The parent's part: make the pipe and the helper's socket, fork, serve the
 * child, read what became of it.
 */
#include "supervisor/exec/launch.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "supervisor/exec/child.h"
#include "supervisor/sandbox/apply/helper.h"

/* True when the child wrote a report, which means that the command was not executed. */
static bool read_report(int fd, LaunchFailure *ret) {
        size_t got = 0;

        while (got < sizeof(*ret)) {
                ssize_t n = read(fd, (char *)ret + got, sizeof(*ret) - got);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        break;
                got += (size_t)n;
        }
        ret->text[sizeof(ret->text) - 1] = '\0';
        return got == sizeof(*ret);
}

static void reap(pid_t pid) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                continue;
}

/* The ends of pipe and socket stay clear of the standard streams that the child sets up. */
static int above_stdio(int fds[2]) {
        for (int i = 0; i < 2; i++) {
                int fd = fd_move_above_stdio(fds[i]);

                if (fd < 0)
                        return fd;
                fds[i] = fd;
        }
        return 0;
}

int launch(const LaunchRequest *request, pid_t *ret_pid, LaunchFailure *ret_failure) {
        int report[2], helper[2];
        _cleanup_fd_ int report_read = -EBADF, report_write = -EBADF;
        _cleanup_fd_ int helper_parent = -EBADF, helper_child = -EBADF;
        pid_t parent = getpid(), pid;
        LaunchFailure failure;

        if (pipe2(report, O_CLOEXEC) < 0)
                return -errno;
        if (above_stdio(report) < 0)
                return -EMFILE;
        report_read = report[0];
        report_write = report[1];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, helper) < 0)
                return -errno;
        if (above_stdio(helper) < 0)
                return -EMFILE;
        helper_parent = helper[0];
        helper_child = helper[1];
        pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0)
                child_run(request, parent, report_write, helper_child);
        fd_close(TAKE_FD(report_write));
        fd_close(TAKE_FD(helper_child));
        helper_serve(helper_parent, pid, request->keep);
        if (!read_report(report_read, &failure)) {
                *ret_pid = pid;
                return 0;
        }
        reap(pid);
        *ret_failure = failure;
        return -ECANCELED;
}
