/*
 * Every directory on the way that is made is recorded for itself, so that the
 * removal takes exactly those, and each only while it is empty.
 */
#include "supervisor/exec/host-target.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/text.h"
#include "supervisor/exec/host-path.h"
#include "supervisor/exec/host-record.h"

/* 1 for a directory, 0 for a file, -ENOENT for a source that is not there. */
static int is_directory(const Op *op) {
        struct stat st;

        if (op->kind == OP_FILE)
                return 0;
        if ((op->kind != OP_BIND && op->kind != OP_ROOT) || op->fd >= 0)
                return 1;
        return stat(op->source, &st) < 0 ? -errno : S_ISDIR(st.st_mode);
}

/* Where a path of the plan lies on the host. */
typedef struct Place {
        const char *root; /* the directory that it begins in; NULL: it lies in a new file system */
        char *path;
} Place;

static void place_done(Place *p) {
        free(p->path);
}

/* The innermost mount above decides; among merged mounts it is the last one. What is bound is the
 * host's also where it is bound to. */
static int find_place(const Op *ops, size_t n, size_t i, Place *ret) {
        const char *root = "/", *start = "", *rest = ops[i].path;
        char *path;
        int r;

        for (size_t j = 0; j < n; j++) {
                bool is_other = j != i && op_is_content(&ops[j]);
                const char *below = is_other ? path_after(ops[i].path, ops[j].path) : NULL;

                if (!below || !*below)
                        continue;
                if (ops[j].kind == OP_ROOT)
                        root = is_directory(&ops[j]) > 0 ? ops[j].source : NULL;
                else if (ops[j].kind != OP_BIND)
                        root = NULL;
                else if (is_directory(&ops[j]) >= 0) { /* a missing source is not mounted */
                        root = "/";
                        start = ops[j].source;
                        rest = below;
                }
        }
        r = path_join(start, rest, &path);
        if (r < 0)
                return r;
        *ret = (Place){ root, path_simplify(path) };
        return 0;
}

static bool exists(const HostPath *p) {
        return faccessat(p->fd, p->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int make_file(const HostPath *p) {
        int fd = openat(p->fd, p->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);

        if (fd < 0)
                return errno == EEXIST ? 0 : -errno;
        return close(fd) < 0 ? -errno : 0;
}

static int make_all(Host *h, HostPath *p, bool directory) {
        int r = host_record_make_parents(h, p);

        if (r >= 0)
                r = host_record_add_missing(h, p);
        if (r < 0 || exists(p))
                return r;
        return directory ? host_path_make(p) : make_file(p);
}

/* An O_PATH fd of what is there, or negative errno. */
static int find(const Place *place) {
        _cleanup_fd_ int root_fd = open(place->root, O_PATH | O_DIRECTORY | O_CLOEXEC);

        if (root_fd < 0)
                return -errno;
        return fd_open_in_root(root_fd, text_eq(place->path, "/") ? "." : place->path + 1, O_PATH);
}

/* Did another run make what FD is, and will remove it when it ends? */
static bool is_of_another_run(const Host *h, int fd) {
        char path[PATH_MAX], link[FD_PROC_PATH_MAX];
        ssize_t n = readlink(fd_proc_path(fd, link), path, sizeof(path) - 1);

        if (n < 0)
                return false;
        path[n] = '\0';
        return host_record_is_shared(h, HOST_RECORD_EMPTY, path);
}

/* The kernel's own answer would be "Invalid argument". FD is what is at OP's path. */
static int check_type(int fd, const Op *op, bool directory, Diag *diag) {
        const char *what = op->kind == OP_BIND ? op->source
                           : directory         ? "a new file system"
                                               : "a new file";
        struct stat st;

        if (fstat(fd, &st) < 0 || S_ISDIR(st.st_mode) == directory)
                return 0;
        if (directory)
                return diag_error(diag, -ENOTDIR,
                                  "%s is no directory; only a file can be mounted on it, and %s is "
                                  "none",
                                  op->path, what);
        return diag_error(
                diag, -EISDIR,
                "%s is a directory; only a directory can be mounted on it, and %s is none",
                op->path, what);
}

static int make(Host *h, const Place *place, bool directory) {
        _cleanup_(host_path_done) HostPath p = HOST_PATH_INIT;
        _cleanup_fd_ int lock = host_record_lock(h), fd = -EBADF;
        int r;

        if (lock < 0)
                return lock;
        fd = find(place);
        if (fd >= 0 && !is_of_another_run(h, fd))
                return 0;
        r = host_path_begin(place->root, place->path, &p);
        return r < 0 ? r : make_all(h, &p, directory);
}

static bool is_in_root(const Place *place) {
        return !text_eq(place->root, "/");
}

static int find_or_make(Host *h, const Op *op, const Place *place, bool directory, Diag *diag) {
        _cleanup_fd_ int fd = find(place);
        int r;

        if (fd >= 0) {
                r = check_type(fd, op, directory, diag);
                if (r < 0)
                        return r;
                /* the usual case: no run has left a record */
                if (host_record_open_runs(h, false) < 0)
                        return 0;
        }
        r = make(h, place, directory);
        if (r < 0)
                diag_error(diag, r, "%s does not exist%s%s and cannot be made to mount on it: %s",
                           op->path, is_in_root(place) ? " in " : "",
                           is_in_root(place) ? place->root : "",
                           r == -ELOOP ? "a part of the path is a symbolic link that others can "
                                         "change"
                                       : strerror(-r));
        return r;
}

int host_target_make(Host *h, const Op *ops, size_t n, size_t i, Diag *diag) {
        const Op *op = &ops[i];
        const char *before = diag ? diag->directive : NULL;
        _cleanup_(place_done) Place place = { 0 };
        int directory = is_directory(op), r;

        /* a missing source is for the mounting to complain about, if it must not be missing */
        r = directory < 0 ? 0 : find_place(ops, n, i, &place);
        if (r < 0 || !place.root)
                return r;
        if (diag)
                diag->directive = op->directive;
        r = find_or_make(h, op, &place, directory, diag);
        if (diag)
                diag->directive = before;
        return r;
}
