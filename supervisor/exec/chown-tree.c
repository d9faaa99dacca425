/*
 * Each entry is opened before it is looked at and changed, so that a name that
 * is swapped meanwhile hits what takes its place, in the same tree, or nothing.
 *
 * A file with a second name may be one of the rest of the system, which whoever
 * owned the tree put there by link(2). It goes only if it was that owner's.
 */
#include "supervisor/exec/chown-tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/text.h"

enum { DEPTH_MAX = 200 };

typedef struct Owner {
        uid_t uid;
        gid_t gid;
        uid_t before;
        dev_t dev;
} Owner;

static int give(int fd, const struct stat *st, const Owner *o) {
        if (st->st_uid == o->uid && st->st_gid == o->gid)
                return 0;
        if (!S_ISDIR(st->st_mode) && st->st_nlink > 1 && st->st_uid != o->before &&
            st->st_uid != o->uid)
                return 1;
        return fchownat(fd, "", o->uid, o->gid, AT_EMPTY_PATH) < 0 ? -errno : 0;
}

static int descend(int fd, const Owner *o, unsigned depth);

static bool is_mount(int fd) {
        struct statx st;

        return statx(fd, "", AT_EMPTY_PATH, 0, &st) == 0 &&
               st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

static int give_entry(int dir_fd, const char *name, const Owner *o, unsigned depth) {
        _cleanup_fd_ int fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        struct stat st;
        int r, skipped = 0;

        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (st.st_dev != o->dev || is_mount(fd))
                return 0;
        if (S_ISDIR(st.st_mode)) {
                if (depth >= DEPTH_MAX)
                        return -ENAMETOOLONG;
                skipped = descend(fd, o, depth + 1);
                if (skipped < 0)
                        return skipped;
        }
        r = give(fd, &st, o);
        return r < 0 || !skipped ? r : 1;
}

static int descend(int fd, const Owner *o, unsigned depth) {
        _cleanup_(dir_closep) DIR *d = NULL;
        int r = dir_open_at(fd, ".", &d), skipped = 0;

        for (struct dirent *e; r >= 0 && (e = dir_next(d));) {
                r = give_entry(fd, e->d_name, o, depth);
                skipped = r > 0 ? 1 : skipped;
        }
        return r < 0 ? r : skipped;
}

int chown_tree_fd(int fd, uid_t uid, gid_t gid) {
        Owner o = { .uid = uid, .gid = gid };
        struct stat st;
        int skipped, r;

        if (fstat(fd, &st) < 0)
                return -errno;
        o.before = st.st_uid;
        o.dev = st.st_dev;
        skipped = descend(fd, &o, 0);
        if (skipped < 0)
                return skipped;
        r = give(fd, &st, &o);
        return r < 0 ? r : skipped;
}
