/*
 * New namespaces and the little that a new one needs before it is of use.
 */
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "supervisor/sandbox/apply/apply.h"
#include "units/names.h"

/* A process alone in its user namespace may map just itself, and no groups but its own. */
static int map_self(const Op *op, ApplyContext *x) {
        static const char *const files[] = { "setgroups", "uid_map", "gid_map" };
        _cleanup_fd_ int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
        char maps[ARRAY_SIZE(files)][48] = { "deny" };

        if (proc < 0)
                return apply_fail(x, -errno, "opening /proc/self");
        snprintf(maps[1], sizeof(maps[1]), "%u %u 1\n", op->uid, op->uid);
        snprintf(maps[2], sizeof(maps[2]), "%u %u 1\n", op->gid, op->gid);
        for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
                int r = file_write_kernel(proc, files[i], maps[i]);

                if (r < 0)
                        return apply_fail(x, r, "writing /proc/self/%s of the new user namespace",
                                          files[i]);
        }
        return 0;
}

static int set_propagation(uint64_t propagation, ApplyContext *x) {
        struct mount_attr attr = { .propagation = propagation };

        if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof(attr)) < 0)
                return apply_fail(x, -errno, "changing the propagation of mounts");
        return 0;
}

/* Mounts come in, and none goes out. */
static int cut_off(ApplyContext *x) {
        int r = set_propagation(MS_SLAVE, x);

        x->own_mounts = r >= 0;
        return r;
}

int apply_propagation(const Op *op, ApplyContext *x) {
        if (apply_joined(x, CLONE_NEWNS) >= 0)
                return 0;
        if (!x->own_mounts)
                return apply_fail(x, -EPERM, "changing the mounts of the caller");
        return set_propagation(op->set, x);
}

/* The user namespace first: it gives the right to enter the others. */
const int apply_namespace_flags[APPLY_NAMESPACES] = {
        CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP,
};
const char *const apply_namespace_files[APPLY_NAMESPACES] = {
        "ns/user", "ns/mnt", "ns/net", "ns/ipc", "ns/uts", "ns/cgroup",
};

int apply_joined(const ApplyContext *x, uint64_t flag) {
        for (size_t i = 0; x->join && i < APPLY_NAMESPACES; i++)
                if ((uint64_t)apply_namespace_flags[i] == flag)
                        return x->join[i];
        return -EBADF;
}

static int join(const Op *op, int fd, ApplyContext *x) {
        if (setns(fd, (int)op->set) < 0)
                return apply_fail(x, -errno, "entering the %s namespace of the unit",
                                  names_of(&names_namespaces, (int)op->set));
        return 0;
}

int apply_unshare(const Op *op, ApplyContext *x) {
        int joined = apply_joined(x, op->set);

        if (joined >= 0)
                return join(op, joined, x);
        if (unshare((int)op->set) < 0)
                return apply_fail(x, -errno, "making a new %s namespace",
                                  names_of(&names_namespaces, (int)op->set));
        if (op->set == CLONE_NEWUSER)
                return map_self(op, x);
        if (op->set == CLONE_NEWNS)
                return cut_off(x);
        return 0;
}

int apply_loopback(const Op *op, ApplyContext *x) {
        _cleanup_fd_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };

        if (apply_joined(x, CLONE_NEWNET) >= 0)
                return 0;
        if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
                return apply_fail(x, -errno, "bringing the loopback interface up");
        return 0;
}

int apply_hostname(const Op *op, ApplyContext *x) {
        if (apply_joined(x, CLONE_NEWUTS) >= 0)
                return 0;
        if (sethostname(op->text, strlen(op->text)) < 0)
                return apply_fail(x, -errno, "setting the host name to %s", op->text);
        return 0;
}
