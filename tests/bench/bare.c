/*
 * The floor that svrun is measured against: a program that makes just the
 * system calls of a sandbox and nothing else. No unit language, no plan, no
 * record of what is on the host, no cleaning up after a crash, no message that
 * says what went wrong.
 *
 *     bare none|namespace|files|memory|everything COMMAND [ARGUMENT]...
 *     bare mounts NUMBER DIRECTORY COMMAND [ARGUMENT]...
 *     bare filter
 *
 * "mounts" runs the command in a mount namespace with so many mounts, "filter"
 * prints the filter of "everything" for programs that want one on an fd.
 * BARE_GROUP in the environment names the control group that root's file sandboxes make.
 * As an ordinary user it goes through a user namespace.
 */
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/number.h"
#include "tests/bench/device-group.h"

enum {
        STACK = 65536,
        BOUNDARIES = 133, /* of the ranges of @system-service on x86-64, about */
        CAPABILITIES = 64,
};

#define RECURSIVE_EMPTY (AT_EMPTY_PATH | AT_RECURSIVE)
#define BOTH_EMPTY      (MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)
#define HARDENED        (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

typedef struct Sandbox {
        bool files;
        bool memory; /* the private /tmp is a tmpfs, not on the host's */
        bool filter;
        int namespaces;
        bool rootless;
        uid_t uid;
        gid_t gid;
        const char *group; /* a control group to be made for the device policy, or NULL */
        int group_fd;
        char private[2][64]; /* directories on the host's /tmp and /var/tmp */
        char **command;
} Sandbox;

static _noreturn_ void give_up(const char *what) {
        perror(what);
        _exit(EXIT_FAILURE);
}

static int need(int result, const char *what) {
        if (result < 0)
                give_up(what);
        return result;
}

static int clone_tree(int at, const char *path) {
        return need(open_tree(at, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | RECURSIVE_EMPTY),
                    path);
}

static void set(int mount, unsigned attributes) {
        struct mount_attr attr = { .attr_set = attributes };

        need(mount_setattr(mount, "", RECURSIVE_EMPTY, &attr, sizeof(attr)), "mount_setattr");
}

/* Attaches TREE on PATH below AT and closes both. */
static void attach(int tree, int at, const char *path) {
        int place = need(openat(at, path, O_PATH | O_CLOEXEC | O_NOFOLLOW), path);

        need(move_mount(tree, "", place, "", BOTH_EMPTY), path);
        close(place);
}

static void bring(int dev, int host, const char *name, bool directory) {
        int tree = clone_tree(host, name);

        if (directory)
                need(mkdirat(dev, name, 0755), name);
        else
                close(need(openat(dev, name, O_CREAT | O_CLOEXEC, 0444), name));
        attach(tree, dev, name);
        close(tree);
}

static void fill_devices(int dev, int host, bool rootless) {
        static const struct {
                const char *name;
                unsigned major, minor;
        } nodes[] = {
                { "null", 1, 3 },   { "zero", 1, 5 },    { "full", 1, 7 },
                { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
        };
        static const char *const links[][2] = {
                { "/proc/self/fd", "fd" },       { "/proc/self/fd/0", "stdin" },
                { "/proc/self/fd/1", "stdout" }, { "/proc/self/fd/2", "stderr" },
                { "/proc/kcore", "core" },       { "/run/systemd/journal/dev-log", "log" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(links); i++)
                need(symlinkat(links[i][0], dev, links[i][1]), links[i][1]);
        for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
                if (rootless)
                        bring(dev, host, nodes[i].name, false);
                else
                        need(mknodat(dev, nodes[i].name, S_IFCHR | 0666,
                                     makedev(nodes[i].major, nodes[i].minor)),
                             nodes[i].name);
        }
        bring(dev, host, "pts", true);
        bring(dev, host, "shm", true);
        if (rootless || faccessat(host, "ptmx", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
                bring(dev, host, "ptmx", false);
}

static int new_tmpfs(const char *mode, const char *size, unsigned attributes) {
        int context = need(fsopen("tmpfs", FSOPEN_CLOEXEC), "tmpfs");
        int mount;

        need(fsconfig(context, FSCONFIG_SET_STRING, "mode", mode, 0), "mode");
        need(fsconfig(context, FSCONFIG_SET_STRING, "size", size, 0), "size");
        need(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "tmpfs");
        mount = need(fsmount(context, FSMOUNT_CLOEXEC, attributes), "tmpfs");
        close(context);
        return mount;
}

static int private_tmp(const Sandbox *s, size_t i) {
        return s->memory ? new_tmpfs("1777", "10%", HARDENED) : clone_tree(AT_FDCWD, s->private[i]);
}

/* PrivateTmp=yes ProtectSystem=strict ReadOnlyPaths=/etc PrivateDevices=yes: the read-only /etc is
 * that of the root already. */
static void protect_files(const Sandbox *s) {
        int root = need(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "/");
        int host_dev = need(open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC), "/dev");
        int proc = clone_tree(root, "proc"), sys = clone_tree(root, "sys");
        int tmp = private_tmp(s, 0), var_tmp = private_tmp(s, 1), dev;

        set(root, MOUNT_ATTR_RDONLY);
        dev = new_tmpfs("0755", "4m", MOUNT_ATTR_NOSUID);
        attach(dev, root, "dev");
        fill_devices(dev, host_dev, s->rootless);
        set(dev, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
        attach(proc, root, "proc");
        attach(sys, root, "sys");
        attach(tmp, root, "tmp");
        attach(var_tmp, root, "var/tmp");
        if (!s->memory) {
                set(tmp, HARDENED);
                set(var_tmp, HARDENED);
        }
        for (int fd = root; fd <= dev; fd++)
                close(fd);
}

/* A balanced tree of comparisons over the numbers of system calls, as deep and as long as a real
 * list makes it; every leaf allows, so that it fits any command. Returns where it ends. */
static size_t add_ranges(struct sock_filter *f, size_t at, unsigned first, unsigned n) {
        size_t jump = at;

        if (n == 0) {
                f[at] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
                return at + 1;
        }
        at = add_ranges(f, jump + 1, first, n / 2);
        f[jump] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (first + n / 2) * 3,
                                               (unsigned char)(at - jump - 1), 0);
        return add_ranges(f, at, first + n / 2 + 1, n - n / 2 - 1);
}

static struct sock_fprog make_filter(void) {
        static struct sock_filter f[2 * BOUNDARIES + 2];

        f[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                            offsetof(struct seccomp_data, nr));
        return (struct sock_fprog){ .len = (unsigned short)add_ranges(f, 1, 1, BOUNDARIES),
                                    .filter = f };
}

static void write_file(const char *path, const char *text) {
        int fd = need(open(path, O_WRONLY | O_CLOEXEC), path);

        need((int)write(fd, text, strlen(text)), path);
        close(fd);
}

static void map_ids(uid_t uid, gid_t gid) {
        char text[64];

        write_file("/proc/self/setgroups", "deny");
        snprintf(text, sizeof(text), "%u %u 1\n", uid, uid);
        write_file("/proc/self/uid_map", text);
        snprintf(text, sizeof(text), "%u %u 1\n", gid, gid);
        write_file("/proc/self/gid_map", text);
}

static void raise_loopback(void) {
        struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
        int fd = need(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

        need(ioctl(fd, SIOCSIFFLAGS, &request), "lo");
        close(fd);
}

static void drop_capabilities(void) {
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct none[2] = { 0 };

        for (int c = 0; c < CAPABILITIES && prctl(PR_CAPBSET_READ, c) >= 0; c++)
                need(prctl(PR_CAPBSET_DROP, c), "bounding set");
        need((int)syscall(SYS_capset, &header, none), "capset");
}

/* ProtectControlGroups=private */
static void mount_control_groups(void) {
        int context = need(fsopen("cgroup2", FSOPEN_CLOEXEC), "cgroup2"), mount;

        need(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "cgroup2");
        mount = need(fsmount(context, FSMOUNT_CLOEXEC, HARDENED | MOUNT_ATTR_NOEXEC), "cgroup2");
        attach(mount, AT_FDCWD, "/sys/fs/cgroup");
        close(mount);
        close(context);
}

static void isolate_all(const Sandbox *s) {
        raise_loopback();
        mount_control_groups();
        if (!s->rootless) {
                need(unshare(CLONE_NEWUSER), "user namespace");
                map_ids(s->uid, s->gid);
        }
        drop_capabilities();
}

static void load_filter(void) {
        struct sock_fprog filter = make_filter();

        need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
        need((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter), "seccomp");
}

static int child(void *argument) {
        const Sandbox *s = argument;
        struct mount_attr slave = { .propagation = MS_SLAVE };

        if (s->group)
                device_group_enter(s->group_fd);
        (void)setsid();
        (void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
        if (s->namespaces & CLONE_NEWUSER)
                map_ids(s->uid, s->gid);
        if (s->namespaces & CLONE_NEWNS)
                need(mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &slave, sizeof(slave)), "slave");
        if (s->files)
                protect_files(s);
        if (s->filter)
                isolate_all(s);
        need(chdir("/"), "/");
        if (s->filter)
                load_filter();
        execv(s->command[0], s->command);
        give_up(s->command[0]);
}

static void make_private(Sandbox *s, bool make) {
        static const char *const above[] = { "/tmp", "/var/tmp" };

        for (size_t i = 0; i < ARRAY_SIZE(above); i++) {
                char outer[32];

                snprintf(outer, sizeof(outer), "%s/bare-%d", above[i], (int)getpid());
                snprintf(s->private[i], sizeof(s->private[i]), "%s/tmp", outer);
                if (make) {
                        need(mkdir(outer, 0700), outer);
                        need(mkdir(s->private[i], 0700), s->private[i]);
                        need(chmod(s->private[i], 01777), s->private[i]);
                } else {
                        need(rmdir(s->private[i]), s->private[i]);
                        need(rmdir(outer), outer);
                }
        }
}

/* The parent stands still until the command is executed, so that nothing is copied. */
static int run(Sandbox *s) {
        static char stack[STACK] __attribute__((aligned(16)));
        int status;
        pid_t pid;

        if (s->files && !s->memory)
                make_private(s, true);
        if (s->group)
                s->group_fd = device_group_make(s->group);
        pid = need(clone(child, stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD | s->namespaces, s),
                   "clone");
        need(waitpid(pid, &status, 0), "wait");
        if (s->group)
                need(rmdir(s->group), s->group);
        if (s->files && !s->memory)
                make_private(s, false);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static unsigned count_mounts(void) {
        FILE *f = fopen("/proc/self/mountinfo", "re");
        unsigned n = 0;
        int c;

        if (!f)
                give_up("mountinfo");
        while ((c = getc(f)) != EOF)
                n += c == '\n';
        fclose(f);
        return n;
}

static _noreturn_ void run_among(unsigned wanted, const char *directory, char **command) {
        need(unshare(CLONE_NEWNS), "mount namespace");
        need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
        need(mount("none", directory, "tmpfs", 0, "mode=0755"), directory);
        for (unsigned n = count_mounts(); n < wanted; n++) {
                char path[256];

                snprintf(path, sizeof(path), "%s/%u", directory, n);
                need(mkdir(path, 0755), path);
                need(mount(n % 2 ? "/usr" : directory, path, NULL, MS_BIND, NULL), path);
        }
        execv(command[0], command);
        give_up(command[0]);
}

static int print_filter(void) {
        struct sock_fprog filter = make_filter();

        return fwrite(filter.filter, sizeof(*filter.filter), filter.len, stdout) == filter.len
                       ? fflush(stdout)
                       : EXIT_FAILURE;
}

static const struct {
        const char *name;
        Sandbox sandbox;
} profiles[] = {
        { "none", { .namespaces = 0 } },
        { "namespace", { .namespaces = CLONE_NEWNS } },
        { "files", { .namespaces = CLONE_NEWNS, .files = true } },
        { "memory", { .namespaces = CLONE_NEWNS, .files = true, .memory = true } },
        { "everything",
          { .namespaces =
                    CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP,
            .files = true,
            .filter = true } },
};

static int run_profile(const Sandbox *profile, char **command) {
        Sandbox s = *profile;

        s.rootless = geteuid() != 0;
        s.uid = geteuid();
        s.gid = getegid();
        s.command = command;
        s.group = s.files && !s.rootless ? getenv("BARE_GROUP") : NULL;
        if (s.rootless && s.namespaces)
                s.namespaces |= CLONE_NEWUSER;
        return run(&s);
}

int main(int argc, char *argv[]) {
        uint32_t wanted;

        if (argc == 2 && strcmp(argv[1], "filter") == 0)
                return print_filter();
        if (argc > 4 && strcmp(argv[1], "mounts") == 0 &&
            number_parse_u32(argv[2], 10, &wanted) >= 0)
                run_among(wanted, argv[3], argv + 4);
        for (size_t i = 0; argc > 2 && i < ARRAY_SIZE(profiles); i++)
                if (strcmp(profiles[i].name, argv[1]) == 0)
                        return run_profile(&profiles[i].sandbox, argv + 2);
        fputs("usage: bare none|namespace|files|memory|everything COMMAND [ARGUMENT]...\n"
              "       bare mounts NUMBER DIRECTORY COMMAND [ARGUMENT]...\n"
              "       bare filter\n",
              stderr);
        return 2;
}
