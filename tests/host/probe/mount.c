/*
 * The mounts that the sandbox consists of, and whether it can be changed from inside.
 */
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "tests/host/probe/probe.h"

#define MOUNTINFO_MAX (1U << 20)

static int attempt_mount(const char *path) {
        const char *target = path ? path : "/tmp";

        if (mount("probe", target, "tmpfs", 0, NULL) < 0)
                return -errno;
        return probe_result(umount2(target, MNT_DETACH));
}

/* Makes a read-only mount writable again. What succeeded is taken back. */
static int attempt_remount(const char *path) {
        struct statvfs st;

        if (statvfs(path, &st) < 0)
                return -errno;
        if (mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL) < 0)
                return -errno;
        if (st.f_flag & ST_RDONLY)
                mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
        return 0;
}

static int attempt_umount(const char *path) {
        return probe_result(umount2(path, MNT_DETACH));
}

static int attempt_bind(const char *path) {
        if (mount(path, path, NULL, MS_BIND, NULL) < 0)
                return -errno;
        return probe_result(umount2(path, MNT_DETACH));
}

/* The new mount API, which a filter has to name separately. */
static int attempt_open_tree(const char *path) {
        long fd = syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

        if (fd < 0)
                return -errno;
        close((int)fd);
        return 0;
}

static int attempt_fsopen(const char *type) {
        long fd = syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);

        if (fd < 0)
                return -errno;
        close((int)fd);
        return 0;
}

static int attempt_chroot(const char *path) {
        return probe_result(chroot(path));
}

static int attempt_pivot_root(const char *path) {
        return probe_result(syscall(SYS_pivot_root, path, path));
}

static void report_options(const char *key, const char *path) {
        static const ProbeWord flags[] = {
                { "nosuid", ST_NOSUID },
                { "nodev", ST_NODEV },
                { "noexec", ST_NOEXEC },
                { "noatime", ST_NOATIME },
                { "nodiratime", ST_NODIRATIME },
                { "relatime", ST_RELATIME },
                { NULL, 0 },
        };
        char list[128];
        struct statvfs st;

        if (statvfs(path, &st) < 0) {
                probe_say_result(key, NULL, -errno);
                return;
        }
        snprintf(list, sizeof(list), "%s", st.f_flag & ST_RDONLY ? "ro" : "rw");
        for (const ProbeWord *f = flags; f->name; f++)
                if (st.f_flag & (unsigned long)f->value)
                        snprintf(list + strlen(list), sizeof(list) - strlen(list), ",%s", f->name);
        probe_say(key, NULL, "%s", list);
}

static void report_type(const char *key, const char *path) {
        static const ProbeWord types[] = {
                { "tmpfs", TMPFS_MAGIC },
                { "ramfs", RAMFS_MAGIC },
                { "proc", PROC_SUPER_MAGIC },
                { "sysfs", SYSFS_MAGIC },
                { "ext4", EXT4_SUPER_MAGIC },
                { "cgroup", CGROUP_SUPER_MAGIC },
                { "cgroup2", CGROUP2_SUPER_MAGIC },
                { "devpts", DEVPTS_SUPER_MAGIC },
                { "overlay", OVERLAYFS_SUPER_MAGIC },
                { NULL, 0 },
        };
        const ProbeWord *t = types;
        struct statfs st;

        if (statfs(path, &st) < 0) {
                probe_say_result(key, NULL, -errno);
                return;
        }
        while (t->name && t->value != (int)st.f_type)
                t++;
        probe_say(key, NULL, "%s", t->name ? t->name : "other");
        probe_say(key, "blocks", "%llu", (unsigned long long)st.f_blocks);
        probe_say(key, "inodes", "%llu", (unsigned long long)st.f_files);
}

static void report_mountpoint(const char *key, const char *path) {
        struct statx st;

        if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &st) < 0)
                probe_say_result(key, NULL, -errno);
        else
                probe_say(key, NULL, "%s",
                          st.stx_attributes & STATX_ATTR_MOUNT_ROOT ? "yes" : "no");
}

/* mountinfo: id, parent, device, root, mount point, options, optional fields, "-", type ... */
static const char *mount_point_of(char **line) {
        const char *field = NULL;

        for (unsigned i = 0; i < 5; i++)
                field = strsep(line, " ");
        return field ? field : "";
}

/* REST is what follows the mount point. */
static const char *propagation_of(char *rest) {
        char *end = rest ? strstr(rest, " - ") : NULL;

        if (!end)
                return "unknown";
        *end = '\0';
        return strstr(rest, " shared:")      ? "shared"
               : strstr(rest, " master:")    ? "slave"
               : strstr(rest, " unbindable") ? "unbindable"
                                             : "private";
}

/* The topmost mount on a path is the last in the list. */
static void report_propagation(const char *key, const char *path) {
        static char text[MOUNTINFO_MAX];
        const char *found = "(no mount)";
        char *rest = text, *line;
        int r = probe_read("/proc/self/mountinfo", text, sizeof(text));

        if (r < 0) {
                probe_say_result(key, NULL, r);
                return;
        }
        while ((line = strsep(&rest, "\n")))
                if (strcmp(mount_point_of(&line), path) == 0)
                        found = propagation_of(line);
        probe_say(key, NULL, "%s", found);
}

static void report_mounts(const char *key, const char *unused _unused_) {
        static char text[MOUNTINFO_MAX];
        int r = probe_read("/proc/self/mountinfo", text, sizeof(text));
        unsigned n = 0;

        if (r < 0) {
                probe_say_result(key, NULL, r);
                return;
        }
        for (const char *p = text; (p = strchr(p, '\n')); p++)
                n++;
        probe_say(key, NULL, "%u", n);
}

const ProbeVerb probe_mount_verbs[] = {
        { "mount", PROBE_MAY_HAVE_ARGUMENT, attempt_mount, .help = "mount a tmpfs on a path" },
        { "remount", PROBE_NEEDS_ARGUMENT, attempt_remount, .help = "make a mount writable" },
        { "umount", PROBE_NEEDS_ARGUMENT, attempt_umount, .in_child = true,
          .help = "take a mount off (for good)" },
        { "bind", PROBE_NEEDS_ARGUMENT, attempt_bind, .help = "bind a path onto itself" },
        { "open-tree", PROBE_NEEDS_ARGUMENT, attempt_open_tree, .help = "clone a mount" },
        { "fsopen", PROBE_NEEDS_ARGUMENT, attempt_fsopen, .help = "open a file system type" },
        { "chroot", PROBE_NEEDS_ARGUMENT, attempt_chroot, .in_child = true,
          .help = "change the root" },
        { "pivot-root", PROBE_NEEDS_ARGUMENT, attempt_pivot_root, .in_child = true,
          .help = "exchange the root" },
        { "mountopts", PROBE_NEEDS_ARGUMENT, .report = report_options,
          .help = "ro or rw, nosuid, nodev, noexec" },
        { "fstype", PROBE_NEEDS_ARGUMENT, .report = report_type, .help = "type, blocks, inodes" },
        { "mountpoint", PROBE_NEEDS_ARGUMENT, .report = report_mountpoint,
          .help = "is something mounted there" },
        { "propagation", PROBE_NEEDS_ARGUMENT, .report = report_propagation,
          .help = "shared, slave, private or unbindable" },
        { "mounts", .report = report_mounts, .help = "number of mounts" },
        { NULL },
};
