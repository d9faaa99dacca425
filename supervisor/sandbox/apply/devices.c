/*
 * Nodes are made where that is allowed. Where it is not, the host's nodes are
 * brought along as mounts; an ordinary user can have a private /dev, too.
 */
#include "supervisor/sandbox/apply/devices.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "supervisor/sandbox/apply/mount-source.h"
#include "supervisor/sandbox/apply/user-namespace.h"

enum { TTY_PATH_MAX = 64 };

static const struct {
        const char *name;
        unsigned major, minor;
} nodes[DEVICES_NODES] = {
        { "null", 1, 3 },   { "zero", 1, 5 },    { "full", 1, 7 },
        { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
};

static const struct {
        const char *name, *target;
} links[] = {
        { "fd", "/proc/self/fd" },       { "stdin", "/proc/self/fd/0" },
        { "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
        { "core", "/proc/kcore" },       { "log", "/run/systemd/journal/dev-log" },
};

/* Only where the host has them. */
enum { TREE_PTS = 0 };
static const char *const trees[DEVICES_TREES] = { "pts", "shm", "mqueue", "hugepages" };

static int make_links(int dev, ApplyContext *x) {
        for (size_t i = 0; i < ARRAY_SIZE(links); i++)
                if (symlinkat(links[i].target, dev, links[i].name) < 0)
                        return apply_fail(x, -errno, "making the link /dev/%s", links[i].name);
        return 0;
}

/* The place for a mount: an empty file, or an empty directory. */
static int make_place(int dev, const char *name, bool directory) {
        if (!directory)
                return openat(dev, name, O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0444);
        if (mkdirat(dev, name, 0755) < 0)
                return -1;
        return openat(dev, name, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

static int copy(int host, const char *name, ApplyContext *x) {
        _cleanup_fd_ int from = openat(host, name, O_PATH | O_CLOEXEC | O_NOFOLLOW);

        if (from < 0)
                return apply_fail(x, -errno, "opening /dev/%s of the host", name);
        return mount_source_clone(from, name, true, x);
}

static int bring(int dev, int tree, const char *name, bool directory, ApplyContext *x) {
        _cleanup_fd_ int place = make_place(dev, name, directory);

        if (place < 0 ||
            move_mount(tree, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
                return apply_fail(x, -errno, "mounting /dev/%s of the host", name);
        return 0;
}

static int make_node(int dev, const Devices *d, size_t i, ApplyContext *x) {
        _cleanup_fd_ int tree = -EBADF;

        if (d->nodes[i] >= 0)
                return bring(dev, d->nodes[i], nodes[i].name, false, x);
        if (mknodat(dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)) ==
            0)
                return 0;
        tree = copy(d->host, nodes[i].name, x);
        return tree < 0 ? tree : bring(dev, tree, nodes[i].name, false, x);
}

/* A link on most hosts; on others a device of its own, and then the one in pts/ may be closed to
 * all but root. A device looks for "pts" beside itself, so a copy of the mount would not do. */
static int make_ptmx(int dev, int host, bool own_nodes, ApplyContext *x) {
        struct stat st;
        bool device = own_nodes && fstatat(host, "ptmx", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                      S_ISCHR(st.st_mode);

        if (device && mknodat(dev, "ptmx", S_IFCHR | 0666, makedev(5, 2)) == 0)
                return 0;
        return symlinkat("pts/ptmx", dev, "ptmx") < 0
                       ? apply_fail(x, -errno, "making the link /dev/ptmx")
                       : 0;
}

/* The copies are taken while the host's mounts are as they were: later they may be "nodev". */
static int open_nodes(Devices *d, ApplyContext *x) {
        for (size_t i = 0; i < DEVICES_NODES; i++) {
                d->nodes[i] = copy(d->host, nodes[i].name, x);
                if (d->nodes[i] < 0)
                        return d->nodes[i];
        }
        return 0;
}

/* Who cannot make a ptmx that finds the host's terminals gets an instance for new ones. */
static int new_pts(ApplyContext *x) {
        return mount_source_new("devpts", "mode=0600,ptmxmode=0666",
                                MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, x);
}

/* The terminal that we have is not in that instance; ttyname(3) looks here, too. */
static int open_console(Devices *d, ApplyContext *x) {
        char path[TTY_PATH_MAX] = "";
        _cleanup_fd_ int from = -EBADF;

        if (ttyname_r(STDIN_FILENO, path, sizeof(path)) != 0)
                return 0;
        from = open(path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
        if (from < 0)
                return apply_fail(x, -errno, "opening %s", path);
        d->console = mount_source_clone(from, path, false, x);
        return d->console < 0 ? d->console : 0;
}

/* An ordinary user makes no nodes, and the root of a user namespace none that open. */
static int open_for_user(Devices *d, ApplyContext *x) {
        int r = open_nodes(d, x);

        return r < 0 ? r : open_console(d, x);
}

int devices_open(Devices *d, ApplyContext *x) {
        d->host = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (d->host < 0)
                return apply_fail(x, -errno, "opening /dev");
        d->own_nodes = !x->rootless && user_namespace_is_first();
        for (size_t i = 0; i < DEVICES_TREES; i++) {
                if (faccessat(d->host, trees[i], F_OK, AT_SYMLINK_NOFOLLOW) < 0)
                        continue;
                d->trees[i] =
                        i == TREE_PTS && !d->own_nodes ? new_pts(x) : copy(d->host, trees[i], x);
                if (d->trees[i] < 0)
                        return d->trees[i];
        }
        return d->own_nodes ? 0 : open_for_user(d, x);
}

void devices_close(Devices *d) {
        fd_close(d->host);
        fd_close(d->console);
        for (size_t i = 0; i < DEVICES_TREES; i++)
                fd_close(d->trees[i]);
        for (size_t i = 0; i < DEVICES_NODES; i++)
                fd_close(d->nodes[i]);
}

int devices_fill(int dev, const Devices *d, ApplyContext *x) {
        int r = make_links(dev, x);

        for (size_t i = 0; i < ARRAY_SIZE(nodes) && r >= 0; i++)
                r = make_node(dev, d, i, x);
        for (size_t i = 0; i < DEVICES_TREES && r >= 0; i++)
                if (d->trees[i] >= 0)
                        r = bring(dev, d->trees[i], trees[i], true, x);
        if (r >= 0 && d->console >= 0)
                r = bring(dev, d->console, "console", false, x);
        return r < 0 ? r : make_ptmx(dev, d->host, d->own_nodes, x);
}
