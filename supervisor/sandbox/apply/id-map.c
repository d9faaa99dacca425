/*
 * The kernel takes the map from a user namespace. One is made by a child that
 * does nothing else, and lives on as an fd.
 */
#include "supervisor/sandbox/apply/id-map.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"

enum { READY_MSEC = 3000 };

/* Says "1" when it is in its namespace, and stays until it is killed, or nobody reads that. */
_noreturn_ static void stay_in_namespace(int ready) {
        char c = '1';

        /* no lock of the run may live longer than the run because of us */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || fd_close_all_from(0, &ready, 1) < 0 ||
            unshare(CLONE_NEWUSER) < 0)
                _exit(1);
        if (fd_write_all(ready, &c, 1) == 0)
                (void)poll(&(struct pollfd){ .fd = ready }, 1, -1); /* until nobody reads it */
        _exit(0);
}

static int write_maps(pid_t child, uid_t uid, gid_t gid, int *ret_namespace) {
        char path[32], map[48];
        _cleanup_fd_ int proc = -EBADF;
        int r, fd;

        snprintf(path, sizeof(path), "/proc/%d", (int)child);
        proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (proc < 0)
                return -errno;
        snprintf(map, sizeof(map), "%u %u 1\n", (unsigned)ID_MAP_NOBODY, (unsigned)uid);
        r = file_write_kernel(proc, "uid_map", map);
        if (r < 0)
                return r;
        snprintf(map, sizeof(map), "%u %u 1\n", (unsigned)ID_MAP_NOBODY, (unsigned)gid);
        r = file_write_kernel(proc, "gid_map", map);
        if (r < 0)
                return r;
        fd = openat(proc, "ns/user", O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        *ret_namespace = fd;
        return 0;
}

/* It may be stopped by anybody who may send it a signal. */
static int wait_until_ready(int fd) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        char c;
        ssize_t n;

        while ((n = poll(&p, 1, READY_MSEC)) < 0 && errno == EINTR)
                continue;
        if (n <= 0)
                return n < 0 ? -errno : -ETIMEDOUT;
        do
                n = read(fd, &c, 1);
        while (n < 0 && errno == EINTR);
        return n == 1 ? 0 : -EPERM;
}

static int make_namespace(uid_t uid, gid_t gid, int *ret) {
        int ready[2], r;
        pid_t child;

        if (pipe2(ready, O_CLOEXEC) < 0)
                return -errno;
        child = fork();
        if (child == 0)
                stay_in_namespace(ready[1]);
        r = child < 0 ? -errno : 0;
        close(ready[1]);
        if (r >= 0)
                r = wait_until_ready(ready[0]);
        if (r >= 0)
                r = write_maps(child, uid, gid, ret);
        close(ready[0]);
        if (child > 0)
                (void)kill(child, SIGKILL);
        while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
                ;
        return r;
}

bool id_map_is_refusal(int error) {
        /* ENOSPC: no more user namespaces, or none at all, are allowed */
        return error == -EINVAL || error == -EPERM || error == -ENOSYS || error == -EOPNOTSUPP ||
               error == -ENOSPC;
}

int id_map_mount(int dir_fd, uid_t uid, gid_t gid) {
        _cleanup_fd_ int namespace = -EBADF, tree = -EBADF;
        struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP };
        int r;

        tree = open_tree(dir_fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        if (tree < 0)
                return -errno;
        r = make_namespace(uid, gid, &namespace);
        if (r < 0)
                return r;
        attr.userns_fd = (uint64_t) namespace;
        if (mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
                return -errno;
        return TAKE_FD(tree);
}
