/*
 * The root directory is an overlay over the host's: everything is there, and what is written goes
 * to a tmpfs. Other mounts of the host are there as well, read-only. What belongs to one running
 * system is new and empty: /run, /tmp, /dev, our own state. Parts of /proc that would change the
 * host's kernel are read-only, and so is /sys but for the control groups, which begin at the
 * container's own.
 *
 * The order: take what is needed from the host's tree while it is whole; build the new root below
 * /tmp, of which nothing is needed; make it the root, and forget the old one.
 */
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/strv.h"
#include "tests/container/inside.h"

#define NEW_ROOT "/tmp/root"

static const struct {
        const char *type, *path, *options;
        unsigned long flags;
} mounts[] = {
        { "proc", "proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
        { "sysfs", "sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY },
        { "cgroup2", "sys/fs/cgroup", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
        { "tmpfs", "dev", "mode=755", MS_NOSUID },
        { "devpts", "dev/pts", "newinstance,mode=620,gid=5,ptmxmode=666", MS_NOSUID | MS_NOEXEC },
        { "tmpfs", "dev/shm", "mode=1777", MS_NOSUID | MS_NODEV },
        { "mqueue", "dev/mqueue", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
        { "tmpfs", "run", "mode=755", MS_NOSUID | MS_NODEV },
        { "tmpfs", "tmp", "mode=1777", MS_NOSUID | MS_NODEV },
        { "tmpfs", "var/tmp", "mode=1777", MS_NOSUID | MS_NODEV },
        { "tmpfs", "etc/svalinn", "mode=755", MS_NOSUID | MS_NODEV },
        { "tmpfs", "var/lib/svalinn", "mode=755", MS_NOSUID | MS_NODEV },
        { "tmpfs", "var/log/svalinn", "mode=755", MS_NOSUID | MS_NODEV },
};

static const struct {
        const char *path;
        unsigned minor;
} devices[] = {
        { "dev/null", 3 },   { "dev/zero", 5 },    { "dev/full", 7 },
        { "dev/random", 8 }, { "dev/urandom", 9 },
};

static const char *const links[][2] = {
        { "pts/ptmx", "dev/ptmx" },          { "/proc/self/fd", "dev/fd" },
        { "/proc/self/fd/0", "dev/stdin" },  { "/proc/self/fd/1", "dev/stdout" },
        { "/proc/self/fd/2", "dev/stderr" },
};

/* They would reach through to the host's kernel; not every kernel has all of them. */
static const char *const read_only[] = { "proc/sys", "proc/sysrq-trigger", "proc/irq" };

/* Mounts of the host below these are not taken over. */
static const char *const own[] = { "/proc", "/sys", "/dev", "/run", "/tmp" };

#define BINDS_MAX 32

/* PATH and what is mounted below it, as a tree that is not mounted anywhere yet. */
static int take_tree(const char *path, unsigned recursive, uint64_t attributes) {
        struct mount_attr attr = { .attr_set = attributes };
        _cleanup_fd_ int fd =
                open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive);

        if (fd < 0 || mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
                return -errno;
        return TAKE_FD(fd);
}

static int make_directories(int root_fd, const char *path) {
        char part[PATH_MAX];

        for (size_t i = 1; i <= strlen(path); i++) {
                if (path[i] != '/' && path[i] != '\0')
                        continue;
                snprintf(part, sizeof(part), "%.*s", (int)i, path);
                if (mkdirat(root_fd, part, 0755) < 0 && errno != EEXIST)
                        return -errno;
        }
        return 0;
}

/* Puts the tree at the same PATH in the new root. Closes TREE. */
static int put_tree(int tree, int root_fd, const char *path) {
        _cleanup_fd_ int fd = tree;

        if (fd < 0)
                return fd;
        return move_mount(fd, "", root_fd, path + strspn(path, "/"), MOVE_MOUNT_F_EMPTY_PATH) < 0
                       ? -errno
                       : 0;
}

static bool is_own(const char *path) {
        for (size_t i = 0; i < ARRAY_SIZE(own); i++)
                if (path_after(path, own[i]))
                        return true;
        return strcmp(path, "/") == 0;
}

/* MOUNTS is the text of mountinfo (proc(5)): the fifth word of a line is where it is mounted. */
static int put_host_mounts(int root_fd, char *text, const char **ret_what) {
        char *line, *path = NULL;

        while ((line = strsep(&text, "\n")) && *line) {
                int r;

                for (int i = 0; i < 5; i++)
                        path = strsep(&line, " ");
                if (!path || is_own(path))
                        continue;
                *ret_what = path;
                r = put_tree(take_tree(path, 0, MOUNT_ATTR_RDONLY), root_fd, path);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int put_new_mounts(int root_fd, const char **ret_what) {
        if (fchdir(root_fd) < 0)
                return -errno;
        for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
                int r = make_directories(root_fd, mounts[i].path);

                *ret_what = mounts[i].path;
                if (r < 0)
                        return r;
                if (mount(mounts[i].type, mounts[i].path, mounts[i].type, mounts[i].flags,
                          mounts[i].options) < 0)
                        return -errno;
        }
        for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
                *ret_what = devices[i].path;
                if (mknod(devices[i].path, S_IFCHR | 0666, makedev(1, devices[i].minor)) < 0)
                        return -errno;
        }
        *ret_what = "dev/tty";
        if (mknod("dev/tty", S_IFCHR | 0666, makedev(5, 0)) < 0)
                return -errno;
        for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
                *ret_what = links[i][1];
                if (symlink(links[i][0], links[i][1]) < 0)
                        return -errno;
        }
        return 0;
}

static int protect_kernel(const char **ret_what) {
        for (size_t i = 0; i < ARRAY_SIZE(read_only); i++) {
                int tree = take_tree(read_only[i], 0, MOUNT_ATTR_RDONLY), r;

                *ret_what = read_only[i];
                if (tree == -ENOENT)
                        continue;
                r = put_tree(tree, AT_FDCWD, read_only[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Returns an fd on the new root. */
static int make_root(const char **ret_what) {
        int fd;

        *ret_what = "the root directory";
        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0 ||
            mkdir("/tmp/upper", 0755) < 0 || mkdir("/tmp/work", 0755) < 0 ||
            mkdir(NEW_ROOT, 0755) < 0 ||
            mount("overlay", NEW_ROOT, "overlay", 0,
                  "lowerdir=/,upperdir=/tmp/upper,workdir=/tmp/work") < 0)
                return -errno;
        fd = open(NEW_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

static int put_binds(int root_fd, char *const *paths, const int trees[], const char **ret_what) {
        int r = 0;

        for (size_t i = 0; r >= 0 && i < strv_length(paths); i++) {
                *ret_what = paths[i];
                r = make_directories(root_fd, paths[i] + 1);
                r = r < 0 ? r : put_tree(trees[i], root_fd, paths[i]);
        }
        return r;
}

static int set_up_files(const Inside *in, const char **ret_what) {
        _cleanup_free_ char *mounted = NULL;
        _cleanup_fd_ int root_fd = -EBADF;
        int trees[BINDS_MAX] = { 0 }, r;

        *ret_what = "--bind";
        if (strv_length(in->binds) > BINDS_MAX)
                return -E2BIG;
        for (size_t i = 0; i < strv_length(in->binds); i++) {
                *ret_what = in->binds[i];
                trees[i] = take_tree(in->binds[i], AT_RECURSIVE, 0);
                if (trees[i] < 0)
                        return trees[i];
        }
        r = file_read_at(AT_FDCWD, "/proc/self/mountinfo", (size_t)1 << 20, &mounted, NULL);
        if (r < 0)
                return r;
        root_fd = make_root(ret_what);
        if (root_fd < 0)
                return root_fd;
        r = put_host_mounts(root_fd, mounted, ret_what);
        if (r >= 0)
                r = put_new_mounts(root_fd, ret_what);
        if (r >= 0)
                r = protect_kernel(ret_what);
        if (r >= 0)
                r = put_binds(root_fd, in->binds, trees, ret_what);
        if (r < 0)
                return r;
        *ret_what = "pivot_root";
        if (fchdir(root_fd) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
            umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
                return -errno;
        return 0;
}

static int set_up_loopback(const char **ret_what) {
        _cleanup_fd_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };

        *ret_what = "the loopback interface";
        return fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

int inside_set_up(const Inside *in, const char **ret_what) {
        int r;

        /* A new namespace begins at the group in which the process is at this moment. */
        *ret_what = "the control group namespace";
        if (unshare(CLONE_NEWCGROUP) < 0)
                return -errno;
        umask(0); /* modes are meant as they are written here */
        r = set_up_files(in, ret_what);
        if (r < 0)
                return r;
        *ret_what = "the host name";
        if (sethostname(in->name, strlen(in->name)) < 0)
                return -errno;
        umask(022);
        return in->own_network ? set_up_loopback(ret_what) : 0;
}
