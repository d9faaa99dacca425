/*
 * svrun: settings, a runner in a process of its own, and meanwhile the
 * terminal and the signals of the caller.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "supervisor/tools/run/explain.h"
#include "supervisor/tools/run/leftovers.h"
#include "supervisor/tools/run/notify.h"
#include "supervisor/tools/run/pty.h"
#include "supervisor/tools/run/runner.h"
#include "supervisor/tools/run/user-directories.h"

enum { EXIT_REFUSED = 226, EXIT_USER = 217 };

static uint64_t effective_capabilities(void) {
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[2] = { 0 };

        if (syscall(SYS_capget, &header, data) < 0)
                return 0;
        return data[0].effective | (uint64_t)data[1].effective << 32;
}

static int make_invocation_id(char ret[static 33]) {
        unsigned char bytes[16];

        if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
                return -errno;
        for (size_t i = 0; i < sizeof(bytes); i++)
                snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
        return 0;
}

static int fill_context(Runner *r, UserDirectories *directories) {
        PlanContext *x = &r->context;

        x->unit_name = r->settings->unit_name;
        x->run_id = r->request->explain ? "ID" : r->host.id;
        x->caller_uid = geteuid();
        x->caller_gid = getegid();
        for (size_t i = 0; i < DIRECTORY_BASES; i++)
                x->base[i] = directories->base[i];
        if (!notify_is_wanted(&r->settings->config) || (r->request->command && r->request->unit))
                return 0;
        if (asprintf(&directories->notify, "%s/svalinn/notify-%s", x->base[DIRECTORY_RUNTIME],
                     x->run_id) < 0 ||
            asprintf(&r->notify_path, "%s/socket", directories->notify) < 0)
                return -ENOMEM;
        x->notify_directory = directories->notify;
        return 0;
}

static void on_signal(int signal, void *userdata) {
        (void)kill(*(const pid_t *)userdata, signal);
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
                if (info.ssi_signo == SIGCHLD || info.ssi_signo == SIGWINCH)
                        continue;
                if (info.ssi_signo == SIGTSTP)
                        pause_with(runner);
                else
                        on_signal((int)info.ssi_signo, &runner);
        }
}

static int open_signals(void) {
        static const int wanted[] = { SIGTERM, SIGINT,  SIGHUP,   SIGQUIT, SIGUSR1, SIGUSR2,
                                      SIGALRM, SIGTSTP, SIGWINCH, SIGCHLD, SIGCONT };
        sigset_t set;
        int fd;

        sigemptyset(&set);
        for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
                sigaddset(&set, wanted[i]);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return -errno;
        fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        return fd < 0 ? -errno : fd;
}

/* The caller's side while the runner works. Returns when the runner has ended. */
static void attend(Pty *pty, int runner_fd, int signal_fd, pid_t runner, int *lifeline) {
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

static int reap_runner(Runner *r, pid_t runner) {
        int status;

        while (waitpid(runner, &status, 0) < 0)
                if (errno != EINTR)
                        return EXIT_REFUSED;
        if (WIFEXITED(status))
                return WEXITSTATUS(status);
        /* it was killed: what it started is ours now, and what it made is in its record */
        leftovers_kill();
        host_collect(&r->host, &r->diag);
        return 128 + WTERMSIG(status);
}

static _noreturn_ void become_runner(Runner *r, const Pty *pty, int lifeline) {
        int null = -EBADF;

        fd_close(pty->master);
        r->terminal = pty->slave;
        for (int i = 0; i < 3; i++)
                r->streams[i] = i;
        if (r->request->unit && !r->request->command) {
                null = open("/dev/null", O_RDWR | O_CLOEXEC);
                if (null < 0)
                        _exit(EXIT_REFUSED);
                r->streams[STDIN_FILENO] = null;
        }
        _exit(runner_main(r, lifeline));
}

static int run(Runner *r) {
        _cleanup_(pty_done) Pty pty = PTY_INIT;
        _cleanup_fd_ int signal_fd = -EBADF, runner_fd = -EBADF, lifeline = -EBADF;
        int ends[2];
        pid_t runner;
        int e;

        e = request_wants_pty(r->request) ? pty_open(STDIN_FILENO, &pty) : 0;
        if (e < 0) {
                runner_say(r, "cannot make a pseudo terminal: %s", strerror(-e));
                return EXIT_REFUSED;
        }
        if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || pipe2(ends, O_CLOEXEC) < 0)
                return EXIT_REFUSED;
        lifeline = ends[1];
        fflush(NULL);
        signal_fd = open_signals();
        runner = fork();
        if (runner == 0) {
                fd_close(lifeline);
                fd_close(signal_fd);
                become_runner(r, &pty, ends[0]);
        }
        fd_close(ends[0]);
        fd_close(TAKE_FD(pty.slave));
        runner_fd = runner < 0 ? -1 : pidfd_open(runner, 0);
        if (runner_fd < 0 || signal_fd < 0) {
                runner_say(r, "cannot start a process: %s", strerror(errno));
                return EXIT_REFUSED;
        }
        attend(&pty, runner_fd, signal_fd, runner, &lifeline);
        return reap_runner(r, runner);
}

/* Who, where, and with what power: the facts that plans are made of. */
static int find_facts(Runner *r, UserDirectories *directories) {
        int e = user_directories_find(r->context.rootless, directories);

        if (e >= 0)
                e = host_init(&r->host, r->context.rootless);
        if (e >= 0)
                e = make_invocation_id(r->invocation_id);
        return e < 0 ? e : fill_context(r, directories);
}

static void say_all(Runner *r, const Request *q) {
        size_t silent = q->quiet ? diag_count(&r->diag, DIAG_ERROR) == 0 : false;

        if (!silent)
                diag_print(&r->diag, 0, request_program.name, stderr);
        diag_done(&r->diag);
}

static int prepare_and_run(const Request *request) {
        _cleanup_(settings_done) Settings settings = { 0 };
        _cleanup_(user_directories_done) UserDirectories directories = { 0 };
        Runner r = {
                .request = request,
                .settings = &settings,
                .host = HOST_INIT,
                .events = EVENTS_INIT,
                .terminal = -EBADF,
        };
        int e;

        r.context.caller_capabilities = effective_capabilities();
        r.context.rootless = !(r.context.caller_capabilities >> CAP_SYS_ADMIN & 1);
        e = settings_load(request, r.context.rootless, &r.diag, &settings);
        if (e >= 0)
                e = settings_check_enforced(&settings, &r.diag) < 0 ? -EOPNOTSUPP : 0;
        say_all(&r, request);
        if (e < 0)
                return e == -EOPNOTSUPP ? EXIT_REFUSED : PROGRAM_EXIT_USAGE;
        e = identity_resolve(&settings.config, settings.unit_name, &r.diag, &r.identity);
        if (e < 0) {
                say_all(&r, request);
                return EXIT_USER;
        }
        e = find_facts(&r, &directories);
        if (e < 0) {
                runner_say(&r, "cannot prepare: %s", strerror(-e));
                return EXIT_REFUSED;
        }
        if (request->explain)
                return explain(&r);
        host_collect(&r.host, &r.diag);
        say_all(&r, request);
        return run(&r);
}

int main(int argc, char *argv[]) {
        _cleanup_(request_done) Request request = { 0 };
        int r = request_parse(argc, argv, &request);

        if (r <= 0)
                return r < 0 ? PROGRAM_EXIT_USAGE : 0;
        return prepare_and_run(&request);
}
