/*
 * System calls and kernel interfaces that a service has no business with. An attempt is chosen so
 * that it does no harm where it is allowed: wrong arguments that the kernel looks at only after it
 * looked at the caller's rights, or the value that is set already.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/host/probe/probe.h"

#define PAGE 4096

static const ProbeWord namespaces[] = {
        { "user", CLONE_NEWUSER }, { "mnt", CLONE_NEWNS },        { "net", CLONE_NEWNET },
        { "pid", CLONE_NEWPID },   { "ipc", CLONE_NEWIPC },       { "uts", CLONE_NEWUTS },
        { "time", 0x80 },          { "cgroup", CLONE_NEWCGROUP }, { NULL, 0 },
};

static void report_ns(const char *key, const char *name) {
        char path[64], target[64] = "";

        snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
        if (readlink(path, target, sizeof(target) - 1) < 0)
                probe_say_result(key, NULL, -errno);
        else
                probe_say(key, NULL, "%s", target);
}

static int attempt_unshare(const char *name) {
        return probe_result(unshare(probe_word(namespaces, name)));
}

static int attempt_setns(const char *name) {
        char path[64];
        _cleanup_fd_ int fd = -EBADF;

        snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        return probe_result(setns(fd, probe_word(namespaces, name)));
}

/* A new process by the old system call; the child ends at once. */
static int attempt_clone(const char *name) {
        long pid = syscall(SYS_clone, (unsigned long)probe_word(namespaces, name) | SIGCHLD, NULL,
                           NULL, NULL, NULL);

        if (pid == 0)
                _exit(0);
        if (pid < 0)
                return -errno;
        waitpid((pid_t)pid, NULL, 0);
        return 0;
}

static int attempt_clone3(const char *name) {
        struct {
                uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
        } arguments = { .flags = name ? (uint64_t)(unsigned)probe_word(namespaces, name) : 0,
                        .exit_signal = SIGCHLD };
        long pid = syscall(SYS_clone3, &arguments, sizeof(arguments));

        if (pid == 0)
                _exit(0);
        if (pid < 0)
                return -errno;
        waitpid((pid_t)pid, NULL, 0);
        return 0;
}

static int attempt_personality(const char *unused _unused_) {
        int old = personality(0xffffffff);

        if (old < 0)
                return -errno;
        if (personality(PER_LINUX32) < 0)
                return -errno;
        personality((unsigned long)old);
        return 0;
}

static int attempt_realtime(const char *unused _unused_) {
        return probe_result(
                sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 1 }));
}

static int map(int protection) {
        void *p = mmap(NULL, PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        return p == MAP_FAILED ? -errno : probe_result(munmap(p, PAGE));
}

static int make_executable(long number) {
        void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        int r;

        if (p == MAP_FAILED)
                return -errno;
        r = probe_result(syscall(number, p, PAGE, PROT_READ | PROT_EXEC, -1));
        munmap(p, PAGE);
        return r;
}

static int attach_executable(void) {
        int id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700);
        void *p = id < 0 ? (void *)-1 : shmat(id, NULL, SHM_EXEC);
        int r = p == (void *)-1 ? -errno : 0;

        if (r == 0)
                shmdt(p);
        if (id >= 0)
                shmctl(id, IPC_RMID, NULL);
        return r;
}

static void report_wx(const char *key, const char *unused _unused_) {
        probe_say_result(key, "mmap", map(PROT_READ | PROT_WRITE | PROT_EXEC));
        probe_say_result(key, "mmap-exec", map(PROT_READ | PROT_EXEC));
        probe_say_result(key, "mprotect", make_executable(SYS_mprotect));
        probe_say_result(key, "pkey-mprotect", make_executable(SYS_pkey_mprotect));
        probe_say_result(key, "shmat", attach_executable());
}

/* settime: EINVAL says that the call reached the kernel's own check of its arguments. adjtimex sets
 * the tick that is set already, for which the kernel wants CAP_SYS_TIME. */
static void report_clock(const char *key, const char *unused _unused_) {
        struct timespec wrong = { .tv_nsec = -1 };
        struct timex t = { 0 };
        int r;

        probe_say_result(key, "settime",
                         probe_result(syscall(SYS_clock_settime, CLOCK_REALTIME, &wrong)));
        r = probe_result(adjtimex(&t));
        probe_say_result(key, "read", r);
        t.modes = ADJ_TICK;
        probe_say_result(key, "adjtimex", r < 0 ? r : probe_result(adjtimex(&t)));
}

static void report_module(const char *key, const char *unused _unused_) {
        probe_say_result(key, "init", probe_result(syscall(SYS_init_module, "x", 1UL, "")));
        probe_say_result(key, "finit", probe_result(syscall(SYS_finit_module, -1, "", 0)));
        probe_say_result(key, "delete",
                         probe_result(syscall(SYS_delete_module, "probe_none", O_NONBLOCK)));
}

static int attempt_klog(const char *unused _unused_) {
        return probe_result(klogctl(10, NULL, 0)); /* the size of the kernel's log */
}

static int attempt_hostname(const char *name) {
        return probe_result(sethostname(name, strlen(name)));
}

static int attempt_domainname(const char *name) {
        return probe_result(setdomainname(name, strlen(name)));
}

static void report_uname(const char *key, const char *unused _unused_) {
        struct utsname u;

        if (uname(&u) < 0) {
                probe_say_result(key, NULL, -errno);
                return;
        }
        probe_say(key, NULL, "%s", u.nodename);
        probe_say(key, "machine", "%s", u.machine);
}

static void report_keyring(const char *key, const char *unused _unused_) {
        long id = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);

        if (id < 0)
                probe_say_result(key, NULL, -errno);
        else
                probe_say(key, NULL, "%ld", id);
}

static int attempt_ptrace(const char *unused _unused_) {
        return probe_result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int attempt_perf(const char *unused _unused_) {
        struct perf_event_attr a = { .type = PERF_TYPE_SOFTWARE, .size = sizeof(a) };
        long fd = syscall(SYS_perf_event_open, &a, 0, -1, -1, 0UL);

        if (fd < 0)
                return -errno;
        close((int)fd);
        return 0;
}

static int attempt_bpf(const char *unused _unused_) {
        return probe_result(syscall(SYS_bpf, -1, NULL, 0));
}

static int attempt_reboot(const char *unused _unused_) {
        return probe_result(syscall(SYS_reboot, 0, 0, 0, NULL)); /* the magic is missing */
}

static int attempt_swapon(const char *unused _unused_) {
        return probe_result(swapon("/nonexistent", 0));
}

static int attempt_kexec(const char *unused _unused_) {
        return probe_result(syscall(SYS_kexec_load, 0, 17UL, NULL, ~0UL));
}

static int attempt_ioperm(const char *unused _unused_) {
#ifdef SYS_ioperm
        return probe_result(syscall(SYS_ioperm, 0x80UL, 1UL, 1));
#else
        return -ENOSYS;
#endif
}

/* With six zeros. Meant for numbers that are harmless, or refused. */
static int attempt_syscall(const char *number) {
        return probe_result(syscall(probe_number(number), 0, 0, 0, 0, 0, 0));
}

/* The same by the gate of 32-bit programs, which has numbers of its own. */
static int attempt_syscall32(const char *number) {
#ifdef __x86_64__
        int r = probe_number(number);

        __asm__ volatile("int $0x80"
                         : "+a"(r)
                         : "b"(0), "c"(0), "d"(0)
                         : "memory", "r8", "r9", "r10", "r11");
        return r < 0 ? r : 0;
#else
        return number ? -ENOSYS : -EINVAL;
#endif
}

static int try_write_open(const char *path) {
        _cleanup_fd_ int fd = open(path, O_WRONLY | O_CLOEXEC);

        return probe_result(fd);
}

static unsigned count_processes(void) {
        DIR *dir = opendir("/proc");
        struct dirent *e;
        unsigned n = 0;

        while (dir && (e = readdir(dir)))
                n += e->d_name[0] >= '1' && e->d_name[0] <= '9';
        if (dir)
                closedir(dir);
        return n;
}

static void report_proc(const char *key, const char *unused _unused_) {
        static const char *const writable[] = { "/proc/sys/kernel/domainname",
                                                "/proc/sysrq-trigger", "/proc/self/comm" };
        static const char *const readable[] = { "/proc/kcore", "/proc/kallsyms", "/proc/kmsg",
                                                "/proc/1/stat", "/proc/cpuinfo" };
        char part[64], c[2];

        probe_say(key, "pids", "%u", count_processes());
        for (size_t i = 0; i < ARRAY_SIZE(readable); i++) {
                snprintf(part, sizeof(part), "read:%s", readable[i]);
                probe_say_result(key, part, probe_read(readable[i], c, sizeof(c)));
        }
        for (size_t i = 0; i < ARRAY_SIZE(writable); i++) {
                snprintf(part, sizeof(part), "write:%s", writable[i]);
                probe_say_result(key, part, try_write_open(writable[i]));
        }
}

/* Wherever the host has its cgroups: the unified hierarchy, or one of the old ones. */
static int attempt_cgroup_write(const char *unused _unused_) {
        static const char *const files[] = { "/sys/fs/cgroup/cgroup.procs",
                                             "/sys/fs/cgroup/unified/cgroup.procs",
                                             "/sys/fs/cgroup/pids/cgroup.procs" };
        int r = -ENOENT;

        for (size_t i = 0; r == -ENOENT && i < ARRAY_SIZE(files); i++)
                r = try_write_open(files[i]);
        return r;
}

const ProbeVerb probe_system_verbs[] = {
        { "ns", PROBE_NEEDS_ARGUMENT, .report = report_ns, .help = "which namespace: mnt, ..." },
        { "unshare", PROBE_NEEDS_ARGUMENT, attempt_unshare, .in_child = true,
          .help = "a new namespace: user, mnt, net, pid, ipc, uts, time, cgroup" },
        { "setns", PROBE_NEEDS_ARGUMENT, attempt_setns, .in_child = true,
          .help = "enter one's own namespace" },
        { "clone", PROBE_NEEDS_ARGUMENT, attempt_clone, .help = "a process in a new namespace" },
        { "clone3", PROBE_MAY_HAVE_ARGUMENT, attempt_clone3, .help = "the same by clone3()" },
        { "personality", .attempt = attempt_personality, .in_child = true,
          .help = "change the execution domain" },
        { "realtime", .attempt = attempt_realtime, .in_child = true,
          .help = "realtime scheduling" },
        { "wx", .report = report_wx, .help = "memory that is or becomes executable" },
        { "clock", .report = report_clock, .help = "set the clock (to what it is)" },
        { "module", .report = report_module, .help = "load and unload kernel modules" },
        { "klog", .attempt = attempt_klog, .help = "the kernel's log by syslog(2)" },
        { "hostname", PROBE_NEEDS_ARGUMENT, attempt_hostname, .help = "set the host name" },
        { "domainname", PROBE_NEEDS_ARGUMENT, attempt_domainname, .help = "set the domain name" },
        { "uname", .report = report_uname, .help = "host name and machine" },
        { "keyring", .report = report_keyring, .help = "the session keyring" },
        { "ptrace", .attempt = attempt_ptrace, .in_child = true, .help = "be traced" },
        { "perf", .attempt = attempt_perf, .help = "perf_event_open()" },
        { "bpf", .attempt = attempt_bpf, .help = "bpf() (EINVAL: it was reached)" },
        { "reboot", .attempt = attempt_reboot, .help = "reboot() (EINVAL: it was reached)" },
        { "swapon", .attempt = attempt_swapon, .help = "swapon() (ENOENT: it was reached)" },
        { "kexec", .attempt = attempt_kexec, .help = "kexec_load() (EINVAL: it was reached)" },
        { "ioperm", .attempt = attempt_ioperm, .in_child = true, .help = "access to I/O ports" },
        { "syscall", PROBE_NEEDS_ARGUMENT, attempt_syscall, .in_child = true,
          .help = "a system call by number, with zeros" },
        { "syscall32", PROBE_NEEDS_ARGUMENT, attempt_syscall32, .in_child = true,
          .help = "the same as a 32-bit program would" },
        { "proc", .report = report_proc, .help = "processes seen; what /proc gives away" },
        { "cgroup-write", .attempt = attempt_cgroup_write, .help = "move processes" },
        { NULL },
};
