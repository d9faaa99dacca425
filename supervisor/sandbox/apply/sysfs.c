/*
 * Copies of the outermost mounts below the host's sysfs, each with all that lies in it, wait until
 * the new instance is there.
 */
#include "supervisor/sandbox/apply/sysfs.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/mount-info.h"
#include "base/path.h"
#include "supervisor/sandbox/apply/mount-source.h"

enum { MOUNTINFO_MAX = 16 << 20 };

typedef struct Submount {
        char *path; /* below the sysfs */
        int tree;
} Submount;

void sysfs_done(Sysfs *s) {
        for (size_t i = 0; i < s->n; i++) {
                free(s->items[i].path);
                fd_close(s->items[i].tree);
        }
        free(s->items);
        *s = (Sysfs){ 0 };
}

/* Two are on one place, or one lies in the other: the outer, or the first, stands for both. */
static int add(Sysfs *s, const char *path) {
        size_t kept = 0;

        for (size_t i = 0; i < s->n; i++)
                if (path_after(path, s->items[i].path))
                        return 0;
        for (size_t i = 0; i < s->n; i++) {
                if (path_after(s->items[i].path, path))
                        free(s->items[i].path);
                else
                        s->items[kept++] = s->items[i];
        }
        s->n = kept;
        if (ARRAY_GROW(s->items, s->n) < 0)
                return -ENOMEM;
        s->items[s->n] = (Submount){ .path = strdup(path), .tree = -EBADF };
        return s->items[s->n++].path ? 0 : -ENOMEM;
}

static int list(Sysfs *s, const char *sysfs) {
        _cleanup_free_ char *text = NULL;
        size_t n;
        int r = file_read_at(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX, &text, &n);

        for (char *point; r >= 0 && (point = mount_info_last(text, &n));) {
                const char *path = path_after(point, sysfs);

                if (path && *path)
                        r = add(s, path);
        }
        return r < 0 ? r : 0;
}

static int copy_submounts(Sysfs *s, const Op *op, ApplyContext *x) {
        int r = list(s, op->source);

        if (r < 0)
                return apply_fail(x, r, "looking for mounts below %s", op->source);
        for (size_t i = 0; i < s->n; i++) {
                _cleanup_free_ char *path = NULL;
                _cleanup_fd_ int place = -EBADF;

                r = path_join(op->source, s->items[i].path, &path);
                if (r < 0)
                        return apply_fail(x, r, "looking for mounts below %s", op->source);
                place = open(path, O_PATH | O_CLOEXEC);
                if (place < 0 && (errno == ENOENT || errno == EACCES))
                        continue; /* gone, or below what we may not enter: nobody else of us may */
                s->items[i].tree = place < 0 ? -errno : mount_source_clone(place, path, true, x);
                if (place < 0 || s->items[i].tree < 0)
                        return apply_fail(x, s->items[i].tree, "copying the mount at %s", path);
        }
        return 0;
}

int sysfs_prepare(Sysfs *s, const Op *op, ApplyContext *x) {
        uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
        _cleanup_fd_ int host = open(op->source, O_PATH | O_DIRECTORY | O_CLOEXEC);
        struct statfs st;
        int tree, r;

        if (host < 0 || fstatfs(host, &st) < 0 || st.f_type != SYSFS_MAGIC)
                return -ENOENT;
        if ((unsigned long)st.f_flags & ST_RDONLY)
                attributes |= MOUNT_ATTR_RDONLY;
        tree = mount_source_new("sysfs", NULL, attributes, x);
        if (tree == -EPERM || tree == -EACCES)
                return mount_source_clone(host, op->source, true, x);
        if (tree < 0)
                return tree;
        r = copy_submounts(s, op, x);
        if (r < 0)
                fd_close(tree);
        return r < 0 ? r : tree;
}

int sysfs_fill(const Sysfs *s, int tree, ApplyContext *x) {
        for (size_t i = 0; i < s->n; i++) {
                const Submount *sub = &s->items[i];
                _cleanup_fd_ int place = fd_open_in_root_nofollow(tree, sub->path, O_PATH);

                if (sub->tree < 0 || place == -ENOENT)
                        continue;
                if (place < 0)
                        return apply_fail(x, place, "opening %s in the new sysfs", sub->path);
                if (move_mount(sub->tree, "", place, "",
                               MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
                        return apply_fail(x, -errno, "mounting on %s in the new sysfs", sub->path);
        }
        return 0;
}
