/*
 * What the process inherited and may do with itself: environment, descriptors, signals, limits,
 * terminal, scheduling, and how it ends.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/host/probe/probe.h"

#define FD_SEARCHED 4096

extern char **environ;

static const ProbeWord limits[] = {
        { "cpu", RLIMIT_CPU },
        { "fsize", RLIMIT_FSIZE },
        { "data", RLIMIT_DATA },
        { "stack", RLIMIT_STACK },
        { "core", RLIMIT_CORE },
        { "rss", RLIMIT_RSS },
        { "nofile", RLIMIT_NOFILE },
        { "as", RLIMIT_AS },
        { "nproc", RLIMIT_NPROC },
        { "memlock", RLIMIT_MEMLOCK },
        { "locks", RLIMIT_LOCKS },
        { "sigpending", RLIMIT_SIGPENDING },
        { "msgqueue", RLIMIT_MSGQUEUE },
        { "nice", RLIMIT_NICE },
        { "rtprio", RLIMIT_RTPRIO },
        { "rttime", RLIMIT_RTTIME },
        { NULL, 0 },
};

static void report_env(const char *key, const char *name) {
        unsigned n = 0;

        if (name) {
                const char *value = getenv(name);

                probe_say(key, NULL, "%s", value ? value : "(unset)");
                return;
        }
        for (char **e = environ; e && *e; e++, n++)
                printf("%s.%.*s\n", key, (int)strcspn(*e, "\n"), *e);
        probe_say(key, NULL, "%u", n);
}

static const char *kind_of(mode_t mode) {
        static const ProbeWord kinds[] = {
                { "reg", S_IFREG },  { "dir", S_IFDIR },  { "chr", S_IFCHR },
                { "blk", S_IFBLK },  { "fifo", S_IFIFO }, { "socket", S_IFSOCK },
                { "link", S_IFLNK }, { NULL, 0 },
        };

        for (const ProbeWord *k = kinds; k->name; k++)
                if ((mode & S_IFMT) == (mode_t)k->value)
                        return k->name;
        return "other";
}

static void describe_fd(const char *key, int fd) {
        static const char *const access[] = { "r", "w", "rw", "path" };
        char part[16], path[64], target[512] = "?";
        struct stat st;
        int flags = fcntl(fd, F_GETFL);

        if (fstat(fd, &st) < 0 || flags < 0)
                return;
        snprintf(part, sizeof(part), "%d", fd);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        if (readlink(path, target, sizeof(target) - 1) < 0)
                snprintf(target, sizeof(target), "?");
        probe_say(key, part, "%s %s %s", kind_of(st.st_mode), access[flags & O_ACCMODE], target);
}

static void report_fds(const char *key, const char *unused _unused_) {
        char list[1024] = "";
        size_t length = 0;

        for (int fd = 0; fd < FD_SEARCHED && length < sizeof(list) - 8; fd++)
                if (fcntl(fd, F_GETFD) >= 0)
                        length += (size_t)snprintf(list + length, sizeof(list) - length, "%s%d",
                                                   length ? "," : "", fd);
        probe_say(key, NULL, "%s", list);
        for (int fd = 0; fd < FD_SEARCHED; fd++)
                describe_fd(key, fd);
}

/* The numbers of the signals for which IN says yes. */
static void report_signals(const char *key, bool (*in)(int signal)) {
        char list[256] = "";
        size_t length = 0;

        for (int s = 1; s < NSIG; s++)
                if (in(s))
                        length += (size_t)snprintf(list + length, sizeof(list) - length, "%s%d",
                                                   length ? "," : "", s);
        probe_say(key, NULL, "%s", list);
}

static bool is_blocked(int s) {
        sigset_t set;

        return sigprocmask(SIG_BLOCK, NULL, &set) == 0 && sigismember(&set, s) == 1;
}

static bool is_ignored(int s) {
        struct sigaction a;

        return sigaction(s, NULL, &a) == 0 && a.sa_handler == SIG_IGN;
}

static void report_sigmask(const char *key, const char *unused _unused_) {
        report_signals(key, is_blocked);
}

static void report_sigignored(const char *key, const char *unused _unused_) {
        report_signals(key, is_ignored);
}

static void report_tty(const char *key, const char *unused _unused_) {
        int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

        probe_say_result(key, NULL, fd < 0 ? -errno : 0);
        probe_say(key, "stdin", "%s", isatty(0) ? "yes" : "no");
        probe_say(key, "stdout", "%s", isatty(1) ? "yes" : "no");
        probe_say(key, "stderr", "%s", isatty(2) ? "yes" : "no");
        if (fd >= 0)
                close(fd);
}

static void report_ids(const char *key, const char *unused _unused_) {
        probe_say(key, NULL, "%d", getpid());
        probe_say(key, "parent", "%d", getppid());
        probe_say(key, "group", "%d", getpgrp());
        probe_say(key, "session", "%d", getsid(0));
}

static void report_cwd(const char *key, const char *unused _unused_) {
        char path[4096];

        if (getcwd(path, sizeof(path)))
                probe_say(key, NULL, "%s", path);
        else
                probe_say_result(key, NULL, -errno);
}

static void report_umask(const char *key, const char *unused _unused_) {
        mode_t mask = umask(0);

        umask(mask);
        probe_say(key, NULL, "%04o", mask);
}

static void report_nice(const char *key, const char *unused _unused_) {
        probe_say(key, NULL, "%d", getpriority(PRIO_PROCESS, 0));
}

static void say_limit(const char *key, const char *part, rlim_t n) {
        if (n == RLIM_INFINITY)
                probe_say(key, part, "infinity");
        else
                probe_say(key, part, "%llu", (unsigned long long)n);
}

static void report_rlimit(const char *key, const char *name) {
        struct rlimit l;

        if (getrlimit((unsigned)probe_word(limits, name), &l) < 0) {
                probe_say_result(key, NULL, -errno);
                return;
        }
        say_limit(key, NULL, l.rlim_cur);
        say_limit(key, "hard", l.rlim_max);
}

static void report_sched(const char *key, const char *unused _unused_) {
        cpu_set_t cpus;

        probe_say(key, NULL, "%d", sched_getscheduler(0));
        probe_say(key, "cpus", "%d",
                  sched_getaffinity(0, sizeof(cpus), &cpus) < 0 ? -1 : CPU_COUNT(&cpus));
        probe_say(key, "timerslack", "%d", prctl(PR_GET_TIMERSLACK));
}

static void report_oom_score(const char *key, const char *unused _unused_) {
        char text[32];
        int r = probe_read("/proc/self/oom_score_adj", text, sizeof(text));

        if (r < 0)
                probe_say_result(key, NULL, r);
        else
                probe_say(key, NULL, "%.*s", (int)strcspn(text, "\n"), text);
}

static int attempt_memory(const char *mib) {
        size_t size = (size_t)probe_number(mib) << 20;
        char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (p == MAP_FAILED)
                return -errno;
        memset(p, 1, size);
        return munmap(p, size) < 0 ? -errno : 0;
}

/* How many children can live at once, of as many as are asked for. */
static void report_fork(const char *key, const char *wanted) {
        int hold[2], n = 0;
        pid_t pid = 0;

        if (pipe2(hold, O_CLOEXEC) < 0) {
                probe_say_result(key, NULL, -errno);
                return;
        }
        fflush(stdout);
        while (n < probe_number(wanted) && (pid = fork()) > 0)
                n++;
        if (pid == 0) {
                char c;

                close(hold[1]);
                _exit(read(hold[0], &c, 1) < 0 ? 1 : 0);
        }
        close(hold[1]);
        while (waitpid(-1, NULL, 0) > 0)
                ;
        probe_say(key, NULL, "%d", n);
}

static void report_stdin(const char *key, const char *unused _unused_) {
        char text[4096];
        size_t n = fread(text, 1, sizeof(text) - 1, stdin);

        text[n] = '\0';
        probe_say(key, NULL, "%s", text);
}

static int attempt_out(const char *text) {
        return printf("%s\n", text) < 0 || fflush(stdout) != 0 ? -EIO : 0;
}

static int attempt_err(const char *text) {
        return fprintf(stderr, "%s\n", text) < 0 ? -EIO : 0;
}

static int attempt_sleep(const char *ms) {
        int n = probe_number(ms);

        return probe_result(nanosleep(
                &(struct timespec){ .tv_sec = n / 1000, .tv_nsec = n % 1000 * 1000000L }, NULL));
}

static int attempt_exit(const char *status) {
        exit(probe_number(status));
}

static int attempt_signal(const char *number) {
        return probe_result(kill(getpid(), probe_number(number)));
}

const ProbeVerb probe_process_verbs[] = {
        { "env", PROBE_MAY_HAVE_ARGUMENT, .report = report_env, .help = "one variable, or all" },
        { "fds", .report = report_fds, .help = "open file descriptors: kind, access, target" },
        { "sigmask", .report = report_sigmask, .help = "blocked signals" },
        { "sigignored", .report = report_sigignored, .help = "ignored signals" },
        { "tty", .report = report_tty, .help = "the controlling terminal, and the streams" },
        { "pid", .report = report_ids, .help = "process, parent, group, session" },
        { "cwd", .report = report_cwd, .help = "the working directory" },
        { "umask", .report = report_umask, .help = "the file mode mask" },
        { "nice", .report = report_nice, .help = "the priority" },
        { "sched", .report = report_sched, .help = "policy, number of CPUs, timer slack" },
        { "oom-score", .report = report_oom_score, .help = "the adjustment of the OOM score" },
        { "rlimit", PROBE_NEEDS_ARGUMENT, .report = report_rlimit, .help = "a limit: nofile ..." },
        { "memory", PROBE_NEEDS_ARGUMENT, attempt_memory, .help = "use so many MiB" },
        { "fork", PROBE_NEEDS_ARGUMENT, .report = report_fork, .help = "so many children" },
        { "stdin", .report = report_stdin, .help = "what can be read from standard input" },
        { "out", PROBE_NEEDS_ARGUMENT, attempt_out, .help = "write a line to standard output" },
        { "err", PROBE_NEEDS_ARGUMENT, attempt_err, .help = "write a line to standard error" },
        { "sleep", PROBE_NEEDS_ARGUMENT, attempt_sleep, .help = "wait so many milliseconds" },
        { "exit", PROBE_NEEDS_ARGUMENT, attempt_exit, .help = "exit with this status" },
        { "signal", PROBE_NEEDS_ARGUMENT, attempt_signal, .help = "send oneself a signal" },
        { NULL },
};
