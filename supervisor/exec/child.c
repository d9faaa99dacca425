/*
 * A session of its own, default signals, the streams, no other fd; then the
 * plan; then the limits, which would get into the way of all that; then the
 * program. The socket for the reports closes by itself when the program is
 * executed, and also when we die: so the end is announced.
 */
#include "supervisor/exec/child.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strv.h"
#include "supervisor/exec/environment.h"
#include "supervisor/exec/find-program.h"
#include "supervisor/exec/report.h"
#include "supervisor/sandbox/apply/inherited.h"
#include "supervisor/sandbox/exit-status.h"

typedef struct Child {
        const LaunchRequest *request;
        ChildPeers peers;
        int proc_fd;               /* /proc/self, as it is outside; -EBADF: not needed */
        int kept[EXEC_KEPT_COUNT]; /* to be reported */
} Child;

static _noreturn_ void report(const Child *c, ExecReport *report) {
        (void)report_send(c->peers.report_fd, report, c->kept);
        _exit(report->exit_status);
}

static ExecReport begin_report(const Child *c) {
        return c->request->report ? *c->request->report : (ExecReport){ 0 };
}

static _noreturn_ _printf_(4, 5) void fail(const Child *c, int exit_status, int error,
                                           const char *format, ...) {
        ExecReport failure = begin_report(c);
        size_t n;
        va_list ap;

        report_set_failed(&failure, exit_status, error, NULL);
        va_start(ap, format);
        vsnprintf(failure.text, sizeof(failure.text), format, ap);
        va_end(ap);
        n = strlen(failure.text);
        snprintf(failure.text + n, sizeof(failure.text) - n, ": %s", strerror(-error));
        report(c, &failure);
}

static _noreturn_ void fail_op(const Child *c, const ApplyContext *x, int error) {
        ExecReport failure = begin_report(c);

        report_set_failed(&failure, x->failed ? op_exit_status(x->failed) : EXIT_FDS, error,
                          x->failed ? x->failed->directive : NULL);
        if (x->failed && apply_kinds[x->failed->kind].supported && !c->request->strict)
                launch_without_format(x->failed, failure.without);
        if (strv_contains(c->request->tried, failure.without))
                failure.without[0] = '\0';
        REPORT_SET(failure.text, x->text);
        report(c, &failure);
}

/* Handlers, ignored signals and the mask of the caller are none of the command's business. */
static void reset_signals(const Child *c) {
        sigset_t none;

        for (int s = 1; s < NSIG; s++) {
                struct sigaction action = { .sa_handler = SIG_DFL };

                if (s == SIGPIPE && c->request->ignore_sigpipe)
                        action.sa_handler = SIG_IGN;
                /* EINVAL for KILL and STOP, and for those that the C library keeps */
                (void)sigaction(s, &action, NULL);
        }
        sigemptyset(&none);
        if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
                fail(c, EXIT_SIGNAL_MASK, -errno, "resetting the signal mask");
}

static void enter_session(const Child *c) {
        if (setsid() < 0)
                fail(c, EXIT_SETSID, -errno, "making a session");
        if (c->request->controlling_terminal &&
            ioctl(c->request->streams[0], TIOCSCTTY, c->request->steal_terminal) < 0)
                fail(c, EXIT_STDIN, -errno, "taking the terminal over");
}

/* The three may be given in any order, and may be 0, 1 or 2 already. */
static void set_streams(const Child *c) {
        static const int exits[] = { EXIT_STDIN, EXIT_STDOUT, EXIT_STDERR };
        int fds[3];

        for (int i = 0; i < 3; i++) {
                fds[i] = fcntl(c->request->streams[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
                if (fds[i] < 0)
                        fail(c, exits[i], -errno, "copying a standard stream");
        }
        for (int i = 0; i < 3; i++)
                if (dup2(fds[i], i) < 0)
                        fail(c, exits[i], -errno, "setting a standard stream");
}

static size_t add_fds(const int *fds, size_t n, int to[]) {
        size_t added = 0;

        for (size_t i = 0; fds && i < n; i++)
                if (fds[i] >= 0)
                        to[added++] = fds[i];
        return added;
}

static void close_others(const Child *c) {
        const LaunchRequest *q = c->request;
        const int own[] = { c->peers.report_fd, c->peers.helper_fd, q->cgroup_fd, c->proc_fd };
        size_t n = 0;
        _cleanup_free_ int *keep = malloc(
                (ARRAY_SIZE(own) + APPLY_NAMESPACES + EXEC_KEPT_COUNT + q->n_passed + q->plan->n) *
                sizeof(int));
        int r;

        if (!keep)
                fail(c, EXIT_MEMORY, -ENOMEM, "closing inherited file descriptors");
        n += add_fds(own, ARRAY_SIZE(own), keep);
        n += add_fds(q->join, APPLY_NAMESPACES, keep + n);
        n += add_fds(c->kept, EXEC_KEPT_COUNT, keep + n);
        n += add_fds(q->passed, q->n_passed, keep + n);
        for (size_t i = 0; i < q->plan->n; i++)
                n += add_fds(&q->plan->ops[i].fd, 1, keep + n);
        r = fd_close_all_from(STDERR_FILENO + 1, keep, n);
        if (r < 0)
                fail(c, EXIT_FDS, r, "closing inherited file descriptors");
}

static void drop_inheritable(const Child *c) {
        int r = inherited_drop_capabilities();

        if (r < 0)
                fail(c, EXIT_CAPABILITIES, r, "dropping inherited capabilities");
}

static void apply(const Child *c, ApplyContext *x) {
        int r = apply_plan(c->request->plan, x);

        if (r < 0)
                fail_op(c, x, r);
}

/* Before the view changes, which may have another /proc. */
static void open_proc(Child *c) {
        if (!c->request->keep)
                return;
        c->proc_fd = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (c->proc_fd < 0)
                fail(c, EXIT_FDS, -errno, "opening /proc/self");
}

static void keep_namespaces(Child *c, const ApplyContext *x) {
        const Plan *p = c->request->plan;
        uint64_t made = 0;

        for (size_t i = 0; i < p->n; i++)
                made |= p->ops[i].kind == OP_UNSHARE && apply_joined(x, p->ops[i].set) < 0
                                ? p->ops[i].set
                                : 0;
        for (size_t i = 0; c->proc_fd >= 0 && i < APPLY_NAMESPACES; i++) {
                int fd;

                if (!(made & (uint64_t)apply_namespace_flags[i]))
                        continue;
                fd = openat(c->proc_fd, apply_namespace_files[i], O_RDONLY | O_CLOEXEC);
                if (fd < 0)
                        fail(c, EXIT_FDS, -errno, "keeping the namespaces for further commands");
                c->kept[EXEC_KEPT_USER + i] = fd;
        }
}

static void end_helper(Child *c) {
        if (c->peers.helper <= 0)
                return;
        fd_close(TAKE_FD(c->peers.helper_fd));
        while (waitpid(c->peers.helper, NULL, 0) < 0)
                if (errno != EINTR)
                        fail(c, EXIT_FDS, -errno, "waiting for the helper to end");
}

static void lift(const Child *c, int *fd, int lowest) {
        int higher;

        if (*fd < 0 || *fd >= lowest)
                return;
        higher = fcntl(*fd, F_DUPFD_CLOEXEC, lowest);
        if (higher < 0)
                fail(c, EXIT_FDS, -errno, "making room for the descriptors to be passed");
        *fd = higher;
}

/* Each lies above its place, in order, so that none overwrites another. */
static void pass_fds(Child *c) {
        const int lowest = STDERR_FILENO + 1, n = (int)c->request->n_passed;

        lift(c, &c->peers.report_fd, lowest + n);
        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++)
                lift(c, &c->kept[i], lowest + n);
        for (int i = 0; i < n; i++) {
                assert(c->request->passed[i] > lowest + i);
                if (dup2(c->request->passed[i], lowest + i) < 0)
                        fail(c, EXIT_FDS, -errno, "passing a descriptor");
        }
}

static void say_ready(Child *c) {
        ExecReport ready = begin_report(c);
        int r;

        ready.type = EXEC_READY;
        r = report_send(c->peers.report_fd, &ready, c->kept);
        if (r < 0)
                _exit(EXIT_FDS);                     /* nobody is left to tell */
        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++) /* reported once */
                fd_close(TAKE_FD(c->kept[i]));
}

/* After all that writes files, opens them, or needs more of the stack. */
static void set_limits(const Child *c, ApplyContext *x) {
        int r = apply_limits(c->request->plan, x);

        if (r < 0)
                fail_op(c, x, r);
}

/* A change of user takes it back: so once at the beginning, and once after that. */
static void die_with_parent(const Child *c) {
        if (c->peers.parent <= 0)
                return;
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
                fail(c, EXIT_FDS, -errno, "binding the process to its parent");
        if (getppid() != c->peers.parent)
                _exit(EXIT_FDS); /* it died before; nobody is left to tell */
}

static void begin(Child *c) {
        die_with_parent(c);
        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++)
                c->kept[i] = c->request->kept ? c->request->kept[i] : -EBADF;
        enter_session(c); /* first: what is pressed on the caller's terminal is not for us */
        reset_signals(c);
        set_streams(c);
        open_proc(c);
        close_others(c);
        drop_inheritable(c);
}

_noreturn_ void child_run(const LaunchRequest *request, const ChildPeers *peers) {
        Child c = { .request = request, .peers = *peers, .proc_fd = -EBADF };
        ApplyContext x = { .helper_fd = peers->helper_fd,
                           .rootless = request->rootless,
                           .cgroup_fd = request->cgroup_fd,
                           .join = request->join };
        char path[PATH_MAX];
        int r;

        begin(&c);
        apply(&c, &x);
        keep_namespaces(&c, &x);
        end_helper(&c);
        r = find_program(request->path, request->search, path);
        if (r < 0)
                fail(&c, EXIT_EXEC, r, "looking for the program %s", request->path);
        pass_fds(&c);
        die_with_parent(&c);
        say_ready(&c); /* before the limits and the filters, which may forbid to tell */
        set_limits(&c, &x);
        r = apply_filters(request->plan, &x);
        if (r < 0)
                fail_op(&c, &x, r);
        environment_set_exec_pid(request->environment, getpid());
        execve(path, request->argv, request->environment);
        fail(&c, EXIT_EXEC, -errno, "executing %s", path);
}
