/*
 * The parent's part: make a socket pair, fork, serve the child, and learn from
 * its last record what became of it. A child that dies without one, killed
 * while it sets the sandbox up, is no command that was killed.
 */
#include "supervisor/exec/launch.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "supervisor/exec/child.h"
#include "supervisor/sandbox/apply/helper.h"
#include "units/signal-name.h"

enum { EXIT_EXEC = 203 }; /* systemd.exec(5), "Process Exit Codes" */

static int reap(pid_t pid) {
        int status = 0;

        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                continue;
        return status;
}

static void describe_death(int status, LaunchFailure *f) {
        static const char what[] = "the process that was to become the command";
        char name[SIGNAL_NAME_MAX];

        *f = (LaunchFailure){ .exit_status = EXIT_EXEC, .error = -ECANCELED };
        if (WIFSIGNALED(status))
                snprintf(f->text, sizeof(f->text), "%s was killed by %s before it could", what,
                         signal_name_format(WTERMSIG(status), name));
        else
                snprintf(f->text, sizeof(f->text), "%s ended with status %d before it could", what,
                         WEXITSTATUS(status));
}

/* A socket pair whose ends stay clear of the standard streams that the child sets up. */
static int make_socket(int *ret_parent, int *ret_child) {
        int ends[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
                return -errno;
        *ret_parent = fd_move_above_stdio(ends[0]);
        *ret_child = fd_move_above_stdio(ends[1]);
        return *ret_parent < 0 || *ret_child < 0 ? -EMFILE : 0;
}

/* Straight into its control group, which costs nothing at this point and much later. */
static pid_t fork_into(int cgroup_fd) {
        struct clone_args args = { .flags = CLONE_INTO_CGROUP,
                                   .exit_signal = SIGCHLD,
                                   .cgroup = (uint64_t)cgroup_fd };

        return cgroup_fd < 0 ? fork() : (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

int launch(const LaunchRequest *request, pid_t *ret_pid, LaunchFailure *ret_failure) {
        _cleanup_fd_ int ours = -EBADF, theirs = -EBADF;
        pid_t parent = getpid(), pid;
        LaunchFailure failure;
        HelperEnd end;
        int r = make_socket(&ours, &theirs);

        if (r < 0)
                return r;
        pid = fork_into(request->cgroup_fd);
        if (pid < 0)
                return -errno;
        if (pid == 0)
                child_run(request, parent, theirs);
        fd_close(TAKE_FD(theirs));
        end = helper_serve(ours, pid, request->keep, &failure, sizeof(failure));
        if (end == HELPER_SUCCEEDED) {
                *ret_pid = pid;
                return 0;
        }
        r = reap(pid);
        if (end == HELPER_DIED)
                describe_death(r, &failure);
        failure.text[sizeof(failure.text) - 1] = '\0';
        *ret_failure = failure;
        return -ECANCELED;
}
