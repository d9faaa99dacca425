/*
 * Making the file system view. Everything that the view keeps from the host is
 * copied before anything changes, then attached from the root downwards; so a
 * writable path below a read-only one below another writable one all come out
 * as written, whatever the order of the directives.
 *
 * An operation below a mount that this view brings itself ("deferred") cannot
 * be looked at beforehand; its turn comes when that mount is attached, before
 * the mount gets its attributes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/text.h"
#include "supervisor/sandbox/apply/apply.h"
#include "supervisor/sandbox/apply/devices.h"
#include "supervisor/sandbox/apply/mount-source.h"
#include "supervisor/sandbox/apply/place.h"
#include "supervisor/sandbox/apply/scratch.h"
#include "supervisor/sandbox/apply/sysfs.h"
#include "supervisor/sandbox/mounts.h"

#define RECURSIVE_EMPTY (AT_EMPTY_PATH | AT_RECURSIVE)

typedef struct View {
        Op *ops;
        size_t n;
        int *trees; /* per operation: the detached mount, -EBADF if none yet */
        Devices devices;
        Sysfs sysfs;
        Scratch scratch;
        ApplyContext *context;
} View;

static void view_done(View *v) {
        for (size_t i = 0; v->trees && i < v->n; i++)
                fd_close(v->trees[i]);
        free(v->trees);
        devices_close(&v->devices);
        sysfs_done(&v->sysfs);
        fd_close(v->scratch.fd);
}

static bool is_root(const Op *op) {
        return text_eq(op->path, "/");
}

static bool brings_content(const Op *op) {
        return op_is_content(op) && !is_root(op);
}

/* The operation whose new content OPS[I] lies in, or -1 when that is the host's own tree. One that
 * is left out brings none, but what lies below it waits for its turn, too. */
static ssize_t content_above(const View *v, size_t i) {
        ssize_t left_out = -1;

        for (ssize_t j = mounts_parent(v->ops, i); j >= 0; j = mounts_parent(v->ops, (size_t)j)) {
                if (!brings_content(&v->ops[j]))
                        continue;
                if (!(v->ops[j].flags & OP_SKIPPED))
                        return j;
                left_out = left_out < 0 ? j : left_out;
        }
        return left_out;
}

/* The same question while links are being resolved, which changes who is above whom. */
static bool is_in_content(const View *v, size_t i) {
        for (size_t j = i; j-- > 0;)
                if (brings_content(&v->ops[j]) && path_after(v->ops[i].path, v->ops[j].path))
                        return true;
        return false;
}

/* RootDirectory= comes first: all other paths are looked up in it. */
static int enter_root(View *v) {
        ApplyContext *x = v->context;
        _cleanup_fd_ int directory = -EBADF, tree = -EBADF;

        directory = open(v->ops[0].source, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (directory < 0)
                return apply_fail(x, -errno, "opening the root directory %s", v->ops[0].source);
        tree = mount_source_clone(directory, v->ops[0].source, true, x);
        if (tree < 0)
                return tree;
        if (move_mount(tree, "", directory, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) <
            0)
                return apply_fail(x, -errno, "mounting the root directory %s", v->ops[0].source);
        fd_close(x->root_fd);
        x->root_fd = TAKE_FD(tree);
        return 0;
}

static int leave_old_root(ApplyContext *x) {
        if (fchdir(x->root_fd) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
            umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
                return apply_fail(x, -errno, "changing to the new root");
        return 0;
}

static int copy_of(const Op *op, ApplyContext *x) {
        int fd = fcntl(op->fd, F_DUPFD_CLOEXEC, 0);

        return fd < 0 ? apply_fail(x, -errno, "mounting %s", op->path) : fd;
}

/* Copies what OPS[I] keeps or brings. Nothing for the root itself, which is changed in place. */
static int prepare(View *v, size_t i, int place) {
        const Op *op = &v->ops[i];
        int tree = -EBADF;

        if (is_root(op))
                return 0;
        if (op->kind == OP_ATTRIBUTES)
                tree = mount_source_clone(place, op->path, true, v->context);
        else if (op->kind == OP_BIND && op->fd >= 0)
                tree = copy_of(op, v->context);
        else if (op->kind == OP_BIND)
                tree = mount_source_bind(op, v->context);
        else if (op->kind == OP_API && op->source)
                tree = sysfs_prepare(&v->sysfs, op, v->context);
        else
                return 0;
        if (tree < 0)
                return tree;
        v->trees[i] = tree;
        return 0;
}

static int create(View *v, size_t i, int place) {
        const Op *op = &v->ops[i];
        struct stat st;

        switch ((int)op->kind) {
        case OP_INACCESSIBLE:
                if (fstat(place, &st) < 0)
                        return apply_fail(v->context, -errno, "looking at %s", op->path);
                return scratch_inaccessible(&v->scratch, st.st_mode, v->context);
        case OP_FILE:
                return scratch_file(&v->scratch, op->text, v->context);
        case OP_PROC:
                return mount_source_new("proc", op->text,
                                        MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
                                        v->context);
        case OP_TMPFS:
                return mount_source_new("tmpfs", op->text,
                                        op->set & (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV),
                                        v->context);
        case OP_DEVICES:
                return mount_source_new("tmpfs", "mode=0755,size=4m", MOUNT_ATTR_NOSUID,
                                        v->context);
        case OP_API:
                return mount_source_new(op->text, NULL,
                                        MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
                                        v->context);
        default:
                return apply_fail(v->context, -EINVAL, "mounting on %s", op->path);
        }
}

/* Only in a file system that nobody but this view has is a place made; what is bound from the host
 * is not ours to add to. What hides something has nothing to hide where there is nothing. */
static bool is_to_be_made(const View *v, size_t i, size_t parent) {
        const Op *op = &v->ops[i], *above = &v->ops[parent];

        return (above->kind == OP_TMPFS || above->kind == OP_DEVICES) && op_is_content(op) &&
               op->kind != OP_INACCESSIBLE && !(above->flags & OP_SKIPPED);
}

static int prepare_one_deferred(View *v, size_t i, size_t parent) {
        const Op *op = &v->ops[i];
        _cleanup_fd_ int place = -EBADF;
        int r;

        if (is_to_be_made(v, i, parent)) {
                r = place_make(v->context->root_fd, op, v->trees[i]);
                return r < 0 ? apply_fail(v->context, r, "making %s", op->path) : 0;
        }
        place = place_expect(v->context->root_fd, op, v->context);
        if (place < 0)
                return place;
        return op_is_content(op) ? 0 : prepare(v, i, place);
}

/* Sorted, all that is below follows at once. */
static bool is_below(const View *v, size_t i, size_t parent) {
        return path_after(v->ops[i].path, v->ops[parent].path) != NULL;
}

/* What lies in the new content of OPS[PARENT] can be looked at now. */
static int prepare_deferred(View *v, size_t parent) {
        for (size_t i = parent + 1; i < v->n && is_below(v, i, parent); i++) {
                int r;

                if (content_above(v, i) != (ssize_t)parent || v->ops[i].flags & OP_SKIPPED)
                        continue;
                r = prepare_one_deferred(v, i, parent);
                if (r == -ENOENT && v->ops[i].flags & OP_IGNORE_MISSING) {
                        v->ops[i].flags |= OP_SKIPPED;
                        continue;
                }
                if (r < 0) {
                        v->context->failed = &v->ops[i];
                        return r;
                }
        }
        return 0;
}

static int set_attributes(View *v, size_t i) {
        const Op *op = &v->ops[i];
        /* access times are no flag but a choice, which has to be cleared first */
        struct mount_attr attr = { .attr_set = op->set, .attr_clr = op->clear & MOUNT_ATTR__ATIME },
                          read_only = { .attr_set = MOUNT_ATTR_RDONLY };
        int fd = is_root(op) ? v->context->root_fd : v->trees[i], r = 0;

        if (attr.attr_set != 0 || attr.attr_clr != 0)
                r = mount_setattr(fd, "", RECURSIVE_EMPTY, &attr, sizeof(attr));
        /* what lies in it, such as /dev/shm, stays writable */
        if (r >= 0 && op->kind == OP_DEVICES)
                r = mount_setattr(fd, "", AT_EMPTY_PATH, &read_only, sizeof(read_only));
        return r < 0 ? apply_fail(v->context, -errno, "changing the mount attributes of %s",
                                  op->path)
                     : 0;
}

/* What was found in the beginning is covered where something was attached above it since. */
static int find_place(View *v, size_t i) {
        ssize_t above = mounts_parent(v->ops, i);

        if (v->ops[i].place >= 0 && (above < 0 || is_root(&v->ops[above])))
                return TAKE_FD(v->ops[i].place);
        return place_find(v->context->root_fd, &v->ops[i]);
}

static int attach(View *v, size_t i) {
        const Op *op = &v->ops[i];
        _cleanup_fd_ int place = -EBADF;
        int r;

        if (is_root(op))
                return 0;
        place = find_place(v, i);
        if (place < 0)
                return apply_fail(v->context, place, "opening %s", op->path);
        if (v->trees[i] < 0) {
                r = create(v, i, place);
                if (r < 0)
                        return r;
                v->trees[i] = r;
        }
        if (move_mount(v->trees[i], "", place, "",
                       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
                return apply_fail(v->context, -errno, "mounting on %s", op->path);
        if (op->kind == OP_DEVICES)
                return devices_fill(v->trees[i], &v->devices, v->context);
        if (op->kind == OP_API && op->source)
                return sysfs_fill(&v->sysfs, v->trees[i], v->context);
        return 0;
}

/* Attaches and finishes one operation; below it everything is still to come. */
static int finish(View *v, size_t i) {
        int r = v->ops[i].flags & OP_SKIPPED ? 0 : attach(v, i);

        if (r >= 0 && op_is_content(&v->ops[i]))
                r = prepare_deferred(v, i);
        return r < 0 || v->ops[i].flags & OP_SKIPPED ? r : set_attributes(v, i);
}

/* Looks every path up, so that links are resolved and what is missing is known. */
static int find_all(View *v) {
        size_t kept = 0;

        for (size_t i = 0; i < v->n; i++) {
                int r = is_in_content(v, i) || is_root(&v->ops[i])
                                ? 0
                                : place_resolve(v->context->root_fd, &v->ops[i], v->context);

                /* a link or another name of the root: merging would take it for the root's own */
                if (r >= 0 && op_is_content(&v->ops[i]) && v->ops[i].kind != OP_ROOT &&
                    is_root(&v->ops[i]))
                        r = apply_fail(v->context, -EINVAL,
                                       "a path leads to \"/\", which cannot be replaced");
                if (r < 0 && r != -ENOENT) {
                        v->context->failed = &v->ops[i];
                        return r;
                }
                if (r < 0)
                        op_done(&v->ops[i]);
                else if (kept++ != i) {
                        v->ops[kept - 1] = v->ops[i];
                        v->ops[i] = (Op){ OP_INIT };
                }
        }
        v->n = kept;
        mounts_merge(v->ops, &v->n, true);
        return 0;
}

static int prepare_all(View *v) {
        v->trees = reallocarray(NULL, v->n + 1, sizeof(int));
        if (!v->trees)
                return apply_fail(v->context, -ENOMEM, "preparing the file system view");
        for (size_t i = 0; i < v->n; i++)
                v->trees[i] = -EBADF;
        for (size_t i = 0; i < v->n; i++) {
                int r;

                /* sources are the host's, also where the view will cover them */
                if (!v->ops[i].source && v->ops[i].fd < 0 && content_above(v, i) >= 0)
                        continue;
                r = prepare(v, i, v->ops[i].place);
                if (r == -ENOENT && v->ops[i].flags & OP_IGNORE_MISSING) {
                        v->ops[i].flags |= OP_SKIPPED;
                        continue;
                }
                if (r < 0) {
                        v->context->failed = &v->ops[i];
                        return r;
                }
        }
        return 0;
}

static int open_devices(View *v) {
        for (size_t i = 0; i < v->n; i++) {
                if (v->ops[i].kind != OP_DEVICES)
                        continue;
                v->context->failed = &v->ops[i];
                return devices_open(&v->devices, v->context);
        }
        return 0;
}

static int make_view(View *v) {
        bool new_root = v->n > 0 && v->ops[0].kind == OP_ROOT;
        int r = 0;

        /* not before: an fd from outside is of another mount namespace */
        v->context->root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (v->context->root_fd < 0)
                return apply_fail(v->context, -errno, "opening /");
        r = open_devices(v);
        if (r < 0)
                return r;
        if (new_root) {
                v->context->failed = &v->ops[0];
                r = enter_root(v);
        }
        if (r >= 0)
                v->context->failed = NULL;
        if (r >= 0)
                r = find_all(v);
        if (r >= 0)
                r = prepare_all(v);
        for (size_t i = 0; i < v->n && r >= 0; i++) {
                r = finish(v, i);
                if (r < 0 && (!v->context->failed || v->context->failed < v->ops + i))
                        v->context->failed = &v->ops[i];
        }
        if (r >= 0)
                r = scratch_close(&v->scratch, v->context);
        return r < 0 || !new_root ? r : leave_old_root(v->context);
}

int apply_view(Op *ops, size_t *n, ApplyContext *x) {
        _cleanup_(view_done) View v = {
                .ops = ops,
                .n = *n,
                .devices = DEVICES_INIT,
                .scratch = { .fd = -EBADF },
                .context = x,
        };
        int r;

        umask(0);
        r = make_view(&v);
        fd_close(TAKE_FD(x->root_fd));
        *n = v.n;
        return r;
}
