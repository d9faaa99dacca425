/*
 * Each entry is opened before it is looked at and changed, so that a name that
 * is swapped meanwhile hits what takes its place, in the same tree, or nothing.
 */
#include "supervisor/exec/chown-tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

enum { DEPTH_MAX = 200 };

typedef struct Owner {
        uid_t uid;
        gid_t gid;
        dev_t dev;
} Owner;

static void dir_closep(DIR **d) {
        if (*d)
                closedir(*d);
}

static int give(int fd, const struct stat *st, const Owner *o) {
        if (st->st_uid == o->uid && st->st_gid == o->gid)
                return 0;
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
        _cleanup_fd_ int readable = -EBADF;
        struct stat st;
        int r;

        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (st.st_dev != o->dev || is_mount(fd))
                return 0;
        if (S_ISDIR(st.st_mode)) {
                if (depth >= DEPTH_MAX)
                        return -ENAMETOOLONG;
                readable = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                if (readable < 0)
                        return -errno;
                r = descend(readable, o, depth + 1);
                if (r < 0)
                        return r;
        }
        return give(fd, &st, o);
}

static int descend(int fd, const Owner *o, unsigned depth) {
        int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        _cleanup_(dir_closep) DIR *d = copy < 0 ? NULL : fdopendir(copy);
        int r = 0;

        if (!d) {
                r = -errno;
                fd_close(copy);
                return r;
        }
        for (struct dirent *e; r >= 0 && (e = readdir(d));)
                if (!text_eq(e->d_name, ".") && !text_eq(e->d_name, ".."))
                        r = give_entry(fd, e->d_name, o, depth);
        return r;
}

int chown_tree_fd(int fd, uid_t uid, gid_t gid) {
        Owner o = { .uid = uid, .gid = gid };
        struct stat st;
        int r;

        if (fstat(fd, &st) < 0)
                return -errno;
        o.dev = st.st_dev;
        r = descend(fd, &o, 0);
        if (r < 0)
                return r;
        return give(fd, &st, &o);
}
