/*
 * Looking places up by openat2(), in the root of the view.
 */
#include "supervisor/sandbox/apply/place.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/text.h"

int place_find(int root_fd, const Op *op) {
        return fd_open_in_root_nofollow(root_fd, text_eq(op->path, "/") ? "." : op->path + 1,
                                        O_PATH);
}

static int path_of(int fd, char ret[static PATH_MAX]) {
        char link[FD_PROC_PATH_MAX];
        ssize_t n = readlink(fd_proc_path(fd, link), ret, PATH_MAX - 1);

        if (n < 0)
                return -errno;
        ret[n] = '\0';
        return 0;
}

/* The kernel tells the path of FD from the process's root; ours may lie deeper. */
static int path_in_root(int root_fd, int fd, char **ret) {
        char root[PATH_MAX], path[PATH_MAX];
        const char *rest;
        int r = path_of(root_fd, root);

        if (r >= 0)
                r = path_of(fd, path);
        if (r < 0)
                return r;
        rest = path_after(path, root);
        if (!rest)
                return -EXDEV;
        return path_join("/", rest, ret);
}

/* What a path that is not there means for OP. */
static int missing(const Op *op, int error, ApplyContext *x) {
        bool unreachable =
                error == -EACCES && x->rootless; /* then the sandbox cannot reach it, either */

        if (op->flags & OP_IGNORE_MISSING && (error == -ENOENT || error == -ENOTDIR || unreachable))
                return -ENOENT;
        if (error == -ENOENT || error == -ENOTDIR) {
                /* an implied path stands in no setting, and that of a bind is its source */
                bool can_have_dash = !(op->flags & (OP_IMPLIED | OP_MAKE_TARGET));

                snprintf(x->text, sizeof(x->text), "%s does not exist; make it%s%s%s", op->path,
                         can_have_dash ? ", or write \"-" : "", can_have_dash ? op->path : "",
                         can_have_dash ? "\" if it may be missing" : "");
                return -ENOTDIR;
        }
        return apply_fail(x, error, "looking for %s", op->path);
}

int place_expect(int root_fd, const Op *op, ApplyContext *x) {
        int fd = place_find(root_fd, op);

        return fd < 0 ? missing(op, fd, x) : fd;
}

int place_resolve(int root_fd, Op *op, ApplyContext *x) {
        _cleanup_free_ char *real = NULL;
        _cleanup_fd_ int fd = place_find(root_fd, op);
        int r;

        if (fd >= 0) {
                op->place = TAKE_FD(fd);
                return 0;
        }
        if (fd != -ELOOP)
                return missing(op, fd, x);
        fd = fd_open_in_root(root_fd, op->path + 1, O_PATH);
        if (fd < 0)
                return missing(op, fd, x);
        r = path_in_root(root_fd, fd, &real);
        if (r < 0)
                return apply_fail(x, r, "resolving %s", op->path);
        free(op->path);
        op->path = TAKE_PTR(real);
        op->place = TAKE_FD(fd);
        return 0;
}

/* Opens NAME below DIR, and makes it where it is missing. */
static int step_down(int dir, const char *name) {
        if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
                return -errno;
        return fd_open_nofollow(dir, name, O_PATH | O_DIRECTORY, 0);
}

static int make_last(int dir, const char *name, bool directory) {
        _cleanup_fd_ int fd = -EBADF;

        if (directory)
                return mkdirat(dir, name, 0755) < 0 && errno != EEXIST ? -errno : 0;
        fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
        return fd < 0 && errno != EEXIST ? -errno : 0;
}

int place_make(int root_fd, const Op *op, int tree) {
        _cleanup_free_ char *copy = strdup(op->path + 1);
        _cleanup_fd_ int dir = fcntl(root_fd, F_DUPFD_CLOEXEC, 0);
        char *name = copy;
        struct stat st;
        bool directory = tree < 0 || (fstat(tree, &st) == 0 && S_ISDIR(st.st_mode));

        if (!copy)
                return -ENOMEM;
        for (char *slash; (slash = strchr(name, '/')); name = slash + 1) {
                int next;

                *slash = '\0';
                next = step_down(dir, name);
                if (next < 0)
                        return next;
                fd_close(dir);
                dir = next;
        }
        return make_last(dir, name, directory);
}
