/*
 * What the manager does with svexec, for tests: runs commands of a unit, one after the other, as
 * one run, and prints what svexec reports and how each process ended.
 *
 *     start-unit [OPTION]... UNIT-FILE STEP...
 *
 * A step is a list and a number ("ExecStart", "ExecStartPre:1"), "finish", or "restart", which
 * finishes for a start that follows. "ExecStart&" is not waited for but killed at the end, or by
 * "kill"; "dead" forgets all that was kept; "wait" waits to be killed.
 *
 * It owns its control group, which goes when it ends. SVEXEC names the program.
 */
#include <fcntl.h>
#include <getopt.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/log-stream.h"
#include "supervisor/exec/report.h"
#include "supervisor/sandbox/apply/own-cgroup.h"
#include "units/config.h"
#include "units/specifier.h"

enum { TEXT_MAX = 1 << 20, PASSED_MAX = 16, LOG_MAX = 1024, STEPS_MAX = 64 };

static const char *const kept_names[EXEC_KEPT_COUNT] = EXEC_KEPT_NAMES;
static char *arg_facts[PASSED_MAX];
static size_t arg_n_facts;
static char *arg_names[PASSED_MAX];
static int arg_passed[PASSED_MAX];
static size_t arg_n_passed, arg_n_sockets;
static const char *arg_log;
static unsigned arg_times = 1;
static bool arg_quiet, arg_unsealed;

/* What the manager would keep in its state and in the store of svinit. */
static int kept[EXEC_KEPT_COUNT];
static char run_id[20];
static char **without;
static int cgroup = -EBADF;
static char *cgroup_path;
static pid_t running[STEPS_MAX];
static size_t n_running;

static _noreturn_ void die(const char *what) {
        fprintf(stderr, "start-unit: %s: %s\n", what, strerror(errno));
        exit(1);
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...) {
        va_list ap;

        if (arg_quiet)
                return;
        va_start(ap, format);
        vprintf(format, ap);
        va_end(ap);
        fflush(stdout);
}

static void assign(Config *c, const char *name, const char *value) {
        const ParseContext context = { .internal = true };

        if (config_assign(c, SECTION_INTERNAL, name, value, &context) < 0) {
                fprintf(stderr, "start-unit: %s=%s is refused\n", name, value);
                exit(1);
        }
}

static void load(const char *path, Config *c) {
        const SpecifierContext specifiers = { .unit = path_last(path), .root_fd = -EBADF };
        _cleanup_(diag_done) Diag diag = { 0 };
        const ParseContext context = { .diag = &diag, .specifiers = &specifiers };
        _cleanup_free_ char *text = NULL;
        size_t size;

        errno = -file_read_at(AT_FDCWD, path, TEXT_MAX, &text, &size);
        if (!text || config_init(c) < 0)
                die(path);
        (void)config_parse_text(c, path, text, size, &context);
        diag_print(&diag, 0, "start-unit", stderr);
        assign(c, "UnitName", path_last(path));
        assign(c, "InvocationId", "0123456789abcdef0123456789abcdef");
        for (size_t i = 0; i < arg_n_facts; i++) {
                _cleanup_free_ char *name = strdup(arg_facts[i]);

                *strchr(name, '=') = '\0';
                assign(c, name, strchr(arg_facts[i], '=') + 1);
        }
}

/* The settings, with what is different for each start. */
static int make_text(const char *path, const char *list, const char *index, bool passes) {
        _cleanup_(config_done) Config c;
        _cleanup_free_ char *text = NULL;
        int fd = memfd_create("unit", MFD_ALLOW_SEALING | MFD_CLOEXEC);
        char number[16];

        load(path, &c);
        if (list) {
                assign(&c, "ExecList", list);
                assign(&c, "ExecIndex", index);
        }
        if (*run_id)
                assign(&c, "RunId", run_id);
        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++)
                if (kept[i] >= 0)
                        assign(&c, "Kept", kept_names[i]);
        for (size_t i = 0; passes && i < arg_n_passed; i++)
                assign(&c, "FdNames", arg_names[i]);
        snprintf(number, sizeof(number), "%zu", passes ? arg_n_sockets : 0);
        assign(&c, "SocketCount", number);
        STRV_FOREACH(w, without)
                assign(&c, "Without", *w);
        if (fd < 0 || config_format(&c, &text) < 0 || fd_write_all(fd, text, strlen(text)) < 0 ||
            fcntl(fd, F_ADD_SEALS, arg_unsealed ? 0 : F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) <
                    0)
                die("memfd");
        return fd;
}

static pid_t start(int socket_fd, int text, bool passes, char *const argv[]) {
        struct clone_args args = { .flags = cgroup < 0 ? 0 : CLONE_INTO_CGROUP,
                                   .exit_signal = SIGCHLD,
                                   .cgroup = cgroup < 0 ? 0 : (uint64_t)cgroup };
        int fds[3 + EXEC_KEPT_COUNT + PASSED_MAX], n = 0;
        pid_t pid;

        fds[n++] = socket_fd;
        fds[n++] = text;
        fds[n++] = cgroup < 0 ? open("/", O_PATH | O_CLOEXEC) : cgroup;
        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++)
                if (kept[i] >= 0)
                        fds[n++] = kept[i];
        for (size_t i = 0; passes && i < arg_n_passed; i++)
                fds[n++] = arg_passed[i];
        pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
        if (pid < 0)
                die("clone3");
        if (pid > 0)
                return pid;
        for (int i = 0; i < n; i++)
                fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, EXEC_FD_SOCKET + n);
        for (int i = 0; i < n; i++)
                if (dup2(fds[i], EXEC_FD_SOCKET + i) < 0)
                        _exit(99);
        execv(getenv("SVEXEC"), argv);
        _exit(98);
}

static void say_report(const ExecReport *r) {
        static const char *const words[] = { "nothing", "ready", "failed", "finished" };

        say("%s", words[r->type]);
        if (r->type == EXEC_FAILED)
                say(" %d %s", r->exit_status, *r->directive ? r->directive : "-");
        if (*r->text)
                say(": %s", r->text);
        if (*r->left)
                say(": %s", r->left);
        say("\n");
        for (unsigned i = 0; i < EXEC_KEPT_COUNT; i++)
                if (r->kept >> i & 1)
                        say("kept %s\n", kept_names[i]);
}

static void say_end(const char *name, int status) {
        if (WIFSIGNALED(status))
                say("%s killed %d\n", name, WTERMSIG(status));
        else
                say("%s exited %d\n", name, WEXITSTATUS(status));
}

/* Reads reports to the end of the socket. Returns whether to start again, without something. */
static bool take_reports(int socket_fd) {
        bool any = false, again = false;
        ExecReport r;

        while (report_receive(socket_fd, &r, kept) == sizeof(r)) {
                any = true;
                say_report(&r);
                if (*r.run_id && !text_eq(run_id, r.run_id))
                        say("run %s\n", r.run_id);
                memcpy(run_id, r.run_id, sizeof(run_id));
                if (r.type == EXEC_FAILED && *r.without) {
                        again = true;
                        say("again without %s\n", r.without);
                        if (strv_add(&without, r.without) < 0)
                                die("without");
                }
        }
        if (!any)
                say("no report\n");
        return again;
}

static void run(const char *path, const char *step) {
        _cleanup_free_ char *list = strndup(step, strcspn(step, ":&"));
        const char *index = strchr(step, ':') ? strchr(step, ':') + 1 : "0";
        bool waits = !strchr(step, '&'), passes = text_eq(list, "ExecStart"), again;
        char *const argv[] = { (char *)"svexec", NULL };

        do {
                int ends[2], text = make_text(path, list, index, passes), status;
                pid_t pid;

                if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
                        die("socketpair");
                pid = start(ends[1], text, passes, argv);
                fd_close(ends[1]);
                fd_close(text);
                again = take_reports(ends[0]);
                fd_close(ends[0]);
                if (!waits && !again) {
                        running[n_running++] = pid;
                        return;
                }
                waitpid(pid, &status, 0);
                say_end(list, status);
        } while (again);
}

static void forget(void) {
        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++) {
                fd_close(kept[i]);
                kept[i] = -EBADF;
        }
        run_id[0] = '\0';
}

static void finish(const char *path, bool restarting) {
        char *const argv[] = { (char *)"svexec", (char *)"--finish", NULL };
        int ends[2], text, status;
        pid_t pid;

        for (size_t i = EXEC_KEPT_USER; i < EXEC_KEPT_COUNT; i++) {
                fd_close(kept[i]);
                kept[i] = -EBADF;
        }
        if (restarting)
                arg_facts[arg_n_facts++] = (char *)"Restarting=yes";
        text = make_text(path, NULL, NULL, false);
        arg_n_facts -= restarting;
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
                die("socketpair");
        pid = start(ends[1], text, false, argv);
        fd_close(ends[1]);
        fd_close(text);
        (void)take_reports(ends[0]);
        fd_close(ends[0]);
        waitpid(pid, &status, 0);
        say_end("finish", status);
        if (!*run_id)
                forget();
}

static void kill_running(void) {
        for (size_t i = 0; i < n_running; i++) {
                int status;

                kill(running[i], SIGKILL);
                waitpid(running[i], &status, 0);
        }
        n_running = 0;
}

static void do_steps(const char *path, char *const *steps) {
        STRV_FOREACH(step, steps) {
                if (text_eq(*step, "finish"))
                        finish(path, false);
                else if (text_eq(*step, "restart"))
                        finish(path, true);
                else if (text_eq(*step, "dead"))
                        forget();
                else if (text_eq(*step, "wait"))
                        pause();
                else if (text_eq(*step, "kill"))
                        kill_running();
                else if (n_running < STEPS_MAX)
                        run(path, *step);
        }
        kill_running();
}

static void make_cgroup(void) {
        _cleanup_free_ char *parent = NULL;

        if (own_cgroup_path(&parent) < 0 ||
            asprintf(&cgroup_path, "%s/start-unit-%d", parent, (int)getpid()) < 0 ||
            mkdir(cgroup_path, 0755) < 0) {
                cgroup_path = NULL;
                return;
        }
        cgroup = open(cgroup_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void remove_cgroup(void) {
        if (cgroup < 0)
                return;
        (void)file_write_kernel(cgroup, "cgroup.kill", "1");
        for (unsigned i = 0; i < 500 && rmdir(cgroup_path) < 0; i++)
                usleep(20000);
}

static void serve_log(int listener) {
        int out = open(arg_log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
                /* cppcheck-suppress nullPointer ; accept(2) allows it */
                _cleanup_fd_ int c = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
                char text[LOG_MAX];
                ssize_t n;

                while (c >= 0 && (n = read(c, text, sizeof(text))) > 0)
                        (void)fd_write_all(out, text, (size_t)n);
        }
}

/* In a mount namespace of our own, so that it is nobody else's. */
static pid_t start_log(void) {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = LOG_STREAM_SOCKET };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        pid_t pid;

        (void)mkdir("/run/systemd", 0755);
        if (fd < 0 || unshare(CLONE_NEWNS) < 0 ||
            mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", "/run/systemd", "tmpfs", 0, NULL) < 0 ||
            mkdir("/run/systemd/journal", 0755) < 0 ||
            bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 16) < 0)
                die("log");
        pid = fork();
        if (pid == 0)
                serve_log(fd);
        fd_close(fd);
        return pid;
}

static void pass_socket(const char *name) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)) < 0 ||
            listen(fd, 1) < 0)
                die("listen");
        arg_names[arg_n_passed] = strdup(name);
        arg_passed[arg_n_passed++] = fd;
        arg_n_sockets++;
}

static void pass_file(const char *argument) {
        const char *equals = strchr(argument, '=');

        arg_names[arg_n_passed] = strndup(argument, (size_t)(equals - argument));
        arg_passed[arg_n_passed] = open(equals + 1, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
        if (arg_passed[arg_n_passed++] < 0)
                die(equals + 1);
}

/*
 *     --listen=NAME       pass a listening socket of that name
 *     --pass=NAME=PATH    pass this file, opened for reading and appending
 *     --log=FILE          be the log: the first kilobyte of each connection is appended to FILE
 *     --fact=NAME=VALUE   a fact of the test's own
 *     --unsealed          leave the text writable
 *     --times=N           do all steps N times, and print nothing but how long one time took
 */
static int parse(int argc, char *argv[]) {
        static const struct option options[] = {
                { "listen", required_argument, NULL, 'l' },
                { "pass", required_argument, NULL, 'p' },
                { "log", required_argument, NULL, 'g' },
                { "fact", required_argument, NULL, 'f' },
                { "unsealed", no_argument, NULL, 'u' },
                { "times", required_argument, NULL, 't' },
                { 0 },
        };
        int c;

        while ((c = getopt_long(argc, argv, "+", options, NULL)) >= 0) {
                if (arg_n_passed == PASSED_MAX || arg_n_facts == PASSED_MAX - 1)
                        return -E2BIG;
                if (c == 'l')
                        pass_socket(optarg);
                else if (c == 'p' && strchr(optarg, '='))
                        pass_file(optarg);
                else if (c == 'u')
                        arg_unsealed = true;
                else if (c == 'g')
                        arg_log = optarg;
                else if (c == 'f' && strchr(optarg, '='))
                        arg_facts[arg_n_facts++] = optarg;
                else if (c != 't' || number_parse_u32(optarg, 10, &arg_times) < 0)
                        return -EINVAL;
        }
        return argc - optind < 2 ? -EINVAL : optind;
}

static uint64_t now(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

int main(int argc, char *argv[]) {
        int first = parse(argc, argv);
        pid_t log = 0;
        uint64_t began;

        if (first < 0 || !getenv("SVEXEC")) {
                fprintf(stderr, "start-unit: wrong arguments, or SVEXEC is not set\n");
                return 2;
        }
        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++)
                kept[i] = -EBADF;
        make_cgroup();
        atexit(remove_cgroup);
        if (arg_log)
                log = start_log();
        arg_quiet = arg_times > 1;
        began = now();
        for (unsigned i = 0; i < arg_times; i++)
                do_steps(argv[first], argv + first + 1);
        if (arg_times > 1)
                printf("%llu us\n", (unsigned long long)(now() - began) / arg_times);
        if (log > 0) {
                usleep(100000);
                kill(log, SIGKILL);
                waitpid(log, NULL, 0);
        }
        return 0;
}
