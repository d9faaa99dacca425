/*
 * A session of its own, default signals, the streams, no other fd; then the
 * plan; then the limits, which would get into the way of all that; then the
 * program. The socket to the parent closes by itself when the program is
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
#include <unistd.h>

#include "base/fd.h"
#include "supervisor/exec/environment.h"
#include "supervisor/exec/find-program.h"
#include "supervisor/sandbox/apply/helper.h"
#include "supervisor/sandbox/apply/inherited.h"
#include "supervisor/sandbox/exit-status.h"

enum { PREPARED_MAX = 64 };

typedef struct Child {
        const LaunchRequest *request;
        int socket_fd; /* to the parent: requests, and a last record when something failed */
} Child;

static _noreturn_ void report(const Child *c, const LaunchFailure *failure) {
        (void)fd_write_all(c->socket_fd, failure, sizeof(*failure));
        _exit(failure->exit_status);
}

static _noreturn_ _printf_(4, 5) void fail(const Child *c, int exit_status, int error,
                                           const char *format, ...) {
        LaunchFailure failure = { .exit_status = exit_status, .error = error };
        size_t n;
        va_list ap;

        va_start(ap, format);
        vsnprintf(failure.text, sizeof(failure.text), format, ap);
        va_end(ap);
        n = strlen(failure.text);
        snprintf(failure.text + n, sizeof(failure.text) - n, ": %s", strerror(-error));
        report(c, &failure);
}

static _noreturn_ void fail_op(const Child *c, const ApplyContext *x, int error) {
        LaunchFailure failure = { .error = error, .exit_status = EXIT_FDS };

        if (x->failed) {
                failure.exit_status = op_exit_status(x->failed);
                failure.directive = x->failed->directive;
                failure.kind = x->failed->kind;
                failure.set = x->failed->set;
                failure.is_op = true;
        }
        memcpy(failure.text, x->text, sizeof(failure.text));
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
        if (c->request->controlling_terminal && ioctl(c->request->streams[0], TIOCSCTTY, 1) < 0)
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

static _noreturn_ void fail_prepared(const Child *c, const Op *op) {
        ApplyContext x = { .failed = op };

        snprintf(x.text, sizeof(x.text),
                 "there are more than %d directories of a dynamic user; name fewer", PREPARED_MAX);
        fail_op(c, &x, -E2BIG);
}

static void close_others(const Child *c) {
        const Plan *p = c->request->plan;
        int keep[2 + APPLY_NAMESPACES + PREPARED_MAX];
        size_t n = 0;
        int r;

        keep[n++] = c->socket_fd;
        if (c->request->cgroup_fd >= 0)
                keep[n++] = c->request->cgroup_fd;
        for (size_t i = 0; c->request->join && i < APPLY_NAMESPACES; i++)
                if (c->request->join[i] >= 0)
                        keep[n++] = c->request->join[i];
        for (size_t i = 0; i < p->n; i++) {
                if (p->ops[i].fd < 0)
                        continue;
                if (n == ARRAY_SIZE(keep))
                        fail_prepared(c, &p->ops[i]);
                keep[n++] = p->ops[i].fd;
        }
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

static void keep_namespaces(const Child *c) {
        const Plan *p = c->request->plan;
        uint64_t flags = 0;
        int r;

        for (size_t i = 0; i < p->n; i++)
                flags |= p->ops[i].kind == OP_UNSHARE ? p->ops[i].set : 0;
        if (!c->request->keep || flags == 0)
                return;
        r = helper_keep_namespaces(c->socket_fd, flags);
        if (r < 0)
                fail(c, EXIT_FDS, r, "keeping the namespaces for further commands");
}

/* After all that writes files, opens them, or needs more of the stack. */
static void set_limits(const Child *c, ApplyContext *x) {
        int r = apply_limits(c->request->plan, x);

        if (r < 0)
                fail_op(c, x, r);
}

/* Before the filters, which may forbid to tell. */
static void announce_end(const Child *c) {
        int r = helper_announce_end(c->socket_fd);

        if (r < 0)
                fail(c, EXIT_FDS, r, "telling the parent that all is ready");
}

/* Must come after the change of user, which would take it back. */
static void die_with_parent(const Child *c, pid_t parent) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
                fail(c, EXIT_FDS, -errno, "binding the process to its parent");
        if (getppid() != parent)
                _exit(EXIT_FDS); /* it died before; nobody is left to tell */
}

_noreturn_ void child_run(const LaunchRequest *request, pid_t parent, int socket_fd) {
        const Child c = { .request = request, .socket_fd = socket_fd };
        ApplyContext x = { .helper_fd = socket_fd,
                           .rootless = request->rootless,
                           .cgroup_fd = request->cgroup_fd,
                           .join = request->join };
        char path[PATH_MAX];
        int r;

        enter_session(&c); /* first: what is pressed on the caller's terminal is not for us */
        reset_signals(&c);
        set_streams(&c);
        close_others(&c);
        drop_inheritable(&c);
        apply(&c, &x);
        keep_namespaces(&c);
        r = find_program(request->path, request->search, path);
        if (r < 0)
                fail(&c, EXIT_EXEC, r, "looking for the program %s", request->path);
        die_with_parent(&c, parent);
        set_limits(&c, &x);
        announce_end(&c);
        r = apply_filters(request->plan, &x);
        if (r < 0)
                fail_op(&c, &x, r);
        environment_set_exec_pid(request->environment, getpid());
        execve(path, request->argv, request->environment);
        fail(&c, EXIT_EXEC, -errno, "executing %s", path);
}
