/*
 * The parent's side of a run. It forks before anything is loaded, while there
 * is little memory to share, and from then on waits.
 */
#include "supervisor/tools/run/attend.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "supervisor/exec/caller.h"
#include "supervisor/sandbox/exit-status.h"
#include "supervisor/tools/run/leftovers.h"
#include "supervisor/tools/run/memory.h"
#include "supervisor/tools/run/prepare.h"
#include "supervisor/tools/run/pty.h"

/* Nobody but a process of the sandbox has a reason to stop the runner, which would then end nothing
 * any more. */
static void wake(pid_t runner) {
        siginfo_t info = { 0 };

        if (waitid(P_PID, (id_t)runner, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid == runner)
                (void)kill(runner, SIGCONT);
}

static void on_signal(int signal, void *userdata) {
        pid_t runner = *(const pid_t *)userdata;

        if (signal == SIGCHLD)
                wake(runner);
        else
                (void)kill(runner, signal);
}

/* Ctrl-Z in a pipe: the command stops, then we do, and both go on together. */
static void pause_with(pid_t runner) {
        on_signal(SIGTSTP, &runner);
        (void)raise(SIGSTOP);
        on_signal(SIGCONT, &runner);
}

static void pass_signals(int signal_fd, pid_t runner) {
        struct signalfd_siginfo info;

        while (read(signal_fd, &info, sizeof(info)) == sizeof(info)) {
                /* the size of our terminal is not the command's business; a daemon may have a
                 * meaning of its own for the signal */
                bool resized = info.ssi_signo == SIGWINCH && info.ssi_code == SI_KERNEL;

                if (resized)
                        continue;
                if (info.ssi_signo == SIGTSTP)
                        pause_with(runner);
                else
                        on_signal((int)info.ssi_signo, &runner);
        }
}

static int open_signals(void) {
        sigset_t set;
        int fd;

        events_signals(&set);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return -errno;
        fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        return fd < 0 ? -errno : fd;
}

/* The caller's side while the runner works. Returns when the runner has ended. */
static void wait_for(Pty *pty, int runner_fd, int signal_fd, pid_t runner, int *lifeline) {
        struct pollfd fds[] = {
                { .fd = runner_fd, .events = POLLIN },
                { .fd = signal_fd, .events = POLLIN },
        };

        if (pty->master >= 0) {
                int end = pty_forward(pty, runner_fd, signal_fd, on_signal, &runner);

                if (end == PTY_LEFT)
                        fd_close(TAKE_FD(*lifeline)); /* the runner ends everything */
        }
        for (;;) {
                if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
                        return;
                if (fds[0].revents)
                        return;
                pass_signals(signal_fd, runner);
        }
}

/* The runner is gone before its time: what it started is ours now, and what it made is in its
 * record. */
static void clean_up_after(void) {
        _cleanup_(host_done) Host host = HOST_INIT;
        _cleanup_(diag_done) Diag diag = { 0 };

        leftovers_kill(false);
        if (host_init(&host, caller_is_rootless()) >= 0)
                host_collect(&host, &diag);
        diag_print(&diag, 0, request_program.name, stderr);
}

static int reap_runner(pid_t runner) {
        int status;

        while (waitpid(runner, &status, 0) < 0)
                if (errno != EINTR)
                        return EXIT_NAMESPACE;
        /* a runner that says so may have lost its memory with the process that it had made */
        if (!WIFEXITED(status) || WEXITSTATUS(status) == EXIT_EXEC)
                clean_up_after();
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A unit has no input unless it asks for one; a command gets the caller's. */
static void set_streams(Runner *r) {
        for (int i = 0; i < 3; i++)
                r->streams[i] = i;
        if (r->request->unit && !r->request->command)
                r->streams[STDIN_FILENO] = -EBADF;
}

static _noreturn_ void become_runner(const Request *request, const Pty *pty, int lifeline) {
        Runner r;
        int status;

        /* should svrun die while we are stopped, we have to go on and end everything */
        (void)prctl(PR_SET_PDEATHSIG, SIGCONT);
        memory_bring_in();
        status = prepare_runner(request, &r);
        fd_close(pty->master);
        r.terminal = pty->slave;
        set_streams(&r);
        if (status == 0)
                host_collect(&r.host, &r.diag);
        runner_say_notes(&r);
        _exit(status == 0 ? runner_main(&r, lifeline) : status);
}

static int complain(const char *what) {
        fprintf(stderr, "%s: %s: %s\n", request_program.name, what, strerror(errno));
        return EXIT_NAMESPACE;
}

int attend(const Request *request) {
        _cleanup_(pty_done) Pty pty = PTY_INIT;
        _cleanup_fd_ int signal_fd = -EBADF, runner_fd = -EBADF, lifeline = -EBADF;
        int ends[2];
        pid_t runner;

        /* under a caller who ignores it, the kernel would reap our children unseen */
        (void)signal(SIGCHLD, SIG_DFL);
        if (request_wants_pty(request) && pty_open(STDIN_FILENO, &pty) < 0)
                return complain("cannot make a pseudo terminal");
        if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || pipe2(ends, O_CLOEXEC) < 0)
                return complain("cannot watch over processes");
        lifeline = ends[1];
        signal_fd = open_signals();
        runner = fork();
        if (runner == 0) {
                fd_close(lifeline);
                fd_close(signal_fd);
                become_runner(request, &pty, ends[0]);
        }
        fd_close(ends[0]);
        fd_close(TAKE_FD(pty.slave));
        runner_fd = runner < 0 ? -1 : pidfd_open(runner, 0);
        if (runner_fd < 0 || signal_fd < 0)
                return complain("cannot start a process");
        wait_for(&pty, runner_fd, signal_fd, runner, &lifeline);
        return reap_runner(runner);
}
