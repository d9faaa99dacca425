/*
 * The parent's part: make a socket pair and a child, serve the child, and learn
 * from its last report what became of it. A child that dies without one, killed
 * while it sets the sandbox up, is no command that was killed.
 *
 * The child shares our memory until it executes the command (base/clone.h), and
 * we wait meanwhile, for it can be stopped at any instruction. We map its users
 * only while it waits for that. Until its socket ends, this file and
 * helper_answer() neither allocate nor make calls that fail otherwise. Once its
 * user changes, processes of that user must not come at our memory through it,
 * so nobody without our privileges may trace it. It allocates until it says that
 * it is ready: killed before that, it leaves us memory that nobody can trust.
 */
#include "supervisor/exec/launch.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/clone.h"
#include "base/fd.h"
#include "supervisor/exec/child.h"
#include "supervisor/exec/report.h"
#include "supervisor/sandbox/apply/helper.h"
#include "supervisor/sandbox/exit-status.h"
#include "units/signal-name.h"

static int reap(pid_t pid) {
        int status = 0;

        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                continue;
        return status;
}

static void describe_death(int status, ExecReport *r) {
        static const char what[] = "the process that was to become the command";
        char name[SIGNAL_NAME_MAX];

        report_set_failed(r, EXIT_EXEC, -ECANCELED, NULL);
        if (WIFSIGNALED(status))
                snprintf(r->text, sizeof(r->text), "%s was killed by %s before it could", what,
                         signal_name_format(WTERMSIG(status), name));
        else
                snprintf(r->text, sizeof(r->text), "%s ended with status %d before it could", what,
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

typedef struct Start {
        const LaunchRequest *request;
        ChildPeers peers;
        bool shares; /* our memory is the child's, too */
} Start;

static void become(void *argument) {
        const Start *s = argument;

        child_run(s->request, &s->peers);
}

/* Straight into its control group, which costs nothing at this point and much later. */
static pid_t fork_into(Start *s) {
        int cgroup_fd = s->request->cgroup_fd;
        struct clone_args args = { .flags = CLONE_INTO_CGROUP,
                                   .exit_signal = SIGCHLD,
                                   .cgroup = (uint64_t)cgroup_fd };
        pid_t pid = cgroup_fd < 0 ? fork() : (pid_t)syscall(SYS_clone3, &args, sizeof(args));

        if (pid == 0)
                become(s);
        return pid < 0 ? -errno : pid;
}

static pid_t share_with(Start *s, const CloneStack *stack) {
        const CloneRequest q = {
                .function = become,
                .argument = s,
                .stack = stack,
                .cgroup_fd = s->request->cgroup_fd,
        };

        /* an ordinary user, whom it cannot leave, would lose /proc/self to root */
        if (!s->request->rootless && prctl(PR_SET_DUMPABLE, 0) < 0)
                return -errno;
        return clone_shared(&q);
}

/* Some of what is written to /proc/self would be written for us, too. Whatever else is in the way
 * of sharing, a copy will do. */
static pid_t start(Start *s, CloneStack *stack) {
        bool may = !s->request->copies && !plan_has(s->request->plan, OP_PROC_SELF);
        pid_t pid = may && clone_stack_map(stack) >= 0 ? share_with(s, stack) : -ENOSYS;

        s->shares = pid >= 0;
        return s->shares ? pid : fork_into(s);
}

void launch_without_format(const Op *op, char ret[static LAUNCH_WITHOUT_MAX]) {
        snprintf(ret, LAUNCH_WITHOUT_MAX, "%s:%llx:%s", op_kind_name(op->kind),
                 (unsigned long long)op->set, op->directive);
}

/* Until there is something to read. False: nobody waits any longer. */
static bool wait_for_child(int socket_fd, LaunchPatience *p, uint64_t *deadline) {
        struct pollfd fds[] = {
                { .fd = socket_fd, .events = POLLIN },
                { .fd = p->end_fd, .events = POLLIN },
                { .fd = p->stop_fd, .events = POLLIN },
        };

        for (;;) {
                int n = poll(fds, ARRAY_SIZE(fds), clock_poll_timeout(*deadline));

                if (n == 0 || (n > 0 && fds[1].revents))
                        return false;
                if (n > 0 && fds[2].revents) {
                        p->stop_fd = fds[2].fd = -EBADF; /* asked once is enough */
                        *deadline = MIN_OF(*deadline, clock_deadline(p->stop_usec));
                }
                if (n > 0 && fds[0].revents)
                        return true;
        }
}

/* Answers the child's requests until it has executed the command or ended. *RET is its last report,
 * if there was one. Returns 0, or -ETIMEDOUT. */
static int serve(const Start *s, int socket_fd, pid_t child, int *kept, ExecReport *ret) {
        LaunchPatience patience = s->request->patience;
        uint64_t deadline = clock_deadline(patience.start_usec);

        for (;;) {
                ExecReport r;
                ssize_t n;

                if (!wait_for_child(socket_fd, &patience, &deadline))
                        return -ETIMEDOUT;
                n = report_receive(socket_fd, &r, kept);
                if (n == sizeof(r))
                        *ret = r;
                else if (n <= 0 || !helper_answer(socket_fd, child, &r, (size_t)n))
                        return 0;
        }
}

/* It will not become the command. R is what serve() came to. */
static int end(const Start *s, pid_t pid, int r, ExecReport *last) {
        uint32_t type = last->type;
        int status;

        if (r < 0)
                (void)kill(pid, SIGKILL);
        status = reap(pid);
        if (type == 0 && r < 0)
                REPORT_SET(last->text,
                           "the command could not be executed in time (TimeoutStartSec=, "
                           "TimeoutStopSec=); it was killed");
        else if (type == 0)
                describe_death(status, last);
        if (type == 0 && s->shares)
                return -ENOTRECOVERABLE;
        return r < 0 && type != EXEC_FAILED ? r : -ECANCELED;
}

static int run(const LaunchRequest *request, pid_t *ret_pid, int *kept, ExecReport *ret_failure) {
        _cleanup_(clone_stack_unmap) CloneStack stack = { 0 };
        _cleanup_fd_ int ours = -EBADF, theirs = -EBADF;
        ExecReport last = { 0 };
        int r = make_socket(&ours, &theirs);
        Start s = { .request = request, .peers.parent = getpid() };
        pid_t pid;

        if (r < 0)
                return r;
        s.peers.report_fd = s.peers.helper_fd = theirs;
        pid = start(&s, &stack);
        if (pid < 0)
                return pid;
        fd_close(TAKE_FD(theirs));
        r = serve(&s, ours, pid, kept, &last);
        if (r >= 0 && last.type == EXEC_READY) {
                *ret_pid = pid;
                return 0;
        }
        r = end(&s, pid, r, &last);
        *ret_failure = last;
        return r;
}

int launch(const LaunchRequest *request, pid_t *ret_pid, int *kept, ExecReport *ret_failure) {
        _cleanup_(plan_take_back) Plan lent = { 0 };
        LaunchRequest q = *request;
        int r = plan_lend(request->plan, &lent);

        if (r < 0)
                return r;
        q.plan = &lent;
        r = run(&q, ret_pid, kept, ret_failure);
        if (r == -ENOTRECOVERABLE)
                lent = (Plan){ 0 }; /* to free it would be to use the heap */
        return r;
}
