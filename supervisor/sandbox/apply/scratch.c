/*
 * The tmpfs has to be attached somewhere, since kernels before 6.15 copy no
 * part of a detached mount. It is attached on top of "/", where no path leads,
 * because a process's own root is never looked up through what covers it.
 */
#include "supervisor/sandbox/apply/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/fd.h"
#include "supervisor/sandbox/apply/mount-source.h"

#define ATTRIBUTES (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

static int make_file(int dir, const char *name, const char *text, mode_t mode) {
        _cleanup_fd_ int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        int r;

        if (fd < 0)
                return -errno;
        r = fd_write_all(fd, text, strlen(text));
        if (r < 0)
                return r;
        return fchmod(fd, mode) < 0 ? -errno : 0;
}

static int make_scratch(Scratch *s, ApplyContext *x) {
        _cleanup_fd_ int fd = -EBADF;
        int r;

        if (s->fd >= 0)
                return 0;
        fd = mount_source_new("tmpfs", "mode=0700,size=4m", ATTRIBUTES, x);
        if (fd < 0)
                return fd;
        r = make_file(fd, "file", "", 0);
        if (r >= 0 && mkdirat(fd, "directory", 0) < 0)
                r = -errno;
        if (r >= 0 && move_mount(fd, "", x->root_fd, "",
                                 MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
                r = -errno;
        if (r < 0)
                return apply_fail(x, r, "preparing a temporary file system");
        s->fd = TAKE_FD(fd);
        return 0;
}

/* A read-only copy of the object NAME, that even root cannot write to. */
static int copy_object(Scratch *s, const char *name, ApplyContext *x) {
        struct mount_attr attr = { .attr_set = ATTRIBUTES | MOUNT_ATTR_RDONLY };
        int tree = open_tree(s->fd, name, OPEN_TREE_CLOEXEC | OPEN_TREE_CLONE);

        if (tree >= 0 && mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0)
                return tree;
        apply_fail(x, -errno, "preparing an object of a temporary file system");
        fd_close(tree);
        return -EIO;
}

int scratch_inaccessible(Scratch *s, mode_t mode, ApplyContext *x) {
        int r = make_scratch(s, x);

        return r < 0 ? r : copy_object(s, S_ISDIR(mode) ? "directory" : "file", x);
}

int scratch_file(Scratch *s, const char *text, ApplyContext *x) {
        char name[24];
        int r = make_scratch(s, x);

        if (r < 0)
                return r;
        snprintf(name, sizeof(name), "file-%u", s->files++);
        r = make_file(s->fd, name, text, 0444);
        return r < 0 ? apply_fail(x, r, "writing a file for the sandbox") : copy_object(s, name, x);
}

int scratch_close(Scratch *s, ApplyContext *x) {
        if (s->fd < 0)
                return 0;
        if (fchdir(s->fd) < 0 || umount2(".", MNT_DETACH) < 0)
                return apply_fail(x, -errno, "removing the temporary file system");
        fd_close(TAKE_FD(s->fd));
        return chdir("/") < 0 ? apply_fail(x, -errno, "changing to /") : 0;
}
