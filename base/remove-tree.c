/*
 * Depth first, with one open fd a level. A tree may be deeper than a process
 * may have fds: what lies too deep is moved up to the top first, and removed
 * from there in a later pass.
 */
#include "base/remove-tree.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/text.h"

enum { DEPTH_MAX = 100, PASSES_MAX = 10000, RETRIES_MAX = 32 };

typedef struct Removal {
        int top_fd;
        unsigned major, minor; /* of the file system */
        unsigned depth;
        unsigned moved;   /* numbers the names of what was moved to the top */
        unsigned retries; /* directories that somebody filled while they were emptied */
} Removal;

static bool is_error_of_directory(int error) {
        return error == -EISDIR || error == -EPERM;
}

/* Directories of an ordinary user may have lost the permission to be emptied. */
static int open_directory(int dir_fd, const char *name) {
        char path[FD_PROC_PATH_MAX];
        _cleanup_fd_ int place = -EBADF;
        int fd = fd_open_nofollow(dir_fd, name, O_RDONLY | O_DIRECTORY, 0);

        if (fd != -EACCES)
                return fd;
        place = fd_open_nofollow(dir_fd, name, O_PATH | O_DIRECTORY, 0);
        if (place < 0)
                return place;
        if (chmod(fd_proc_path(place, path), 0700) < 0)
                return -errno;
        return fd_open_nofollow(dir_fd, name, O_RDONLY | O_DIRECTORY, 0);
}

/* Opens NAME for emptying, unless it is another mount. */
static int enter(Removal *r, int dir_fd, const char *name) {
        _cleanup_fd_ int fd = open_directory(dir_fd, name);
        struct statx st;

        if (fd < 0)
                return fd;
        if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st) < 0)
                return -errno;
        if (st.stx_attributes & STATX_ATTR_MOUNT_ROOT)
                return -EBUSY;
        if (r->top_fd < 0) {
                r->major = st.stx_dev_major;
                r->minor = st.stx_dev_minor;
        } else if (st.stx_dev_major != r->major || st.stx_dev_minor != r->minor)
                return -EBUSY;
        if ((st.stx_mode & 0700) != 0700)
                (void)fchmod(fd, (st.stx_mode & 07777) | 0700);
        return TAKE_FD(fd);
}

static int move_up(Removal *r, int dir_fd, const char *name) {
        char upper[48];

        snprintf(upper, sizeof(upper), ".removed-%d-%u", (int)getpid(), r->moved++);
        return renameat(dir_fd, name, r->top_fd, upper) < 0 ? -errno : 1;
}

static int empty_and_remove(Removal *r, int fd, int dir_fd, const char *name);

/* Returns 1 when NAME is gone from DIR_FD, 0 when it was not there, negative errno otherwise. */
static int remove_entry(Removal *r, int dir_fd, const char *name, bool directory) {
        _cleanup_fd_ int fd = -EBADF;
        int error;

        if (!directory) {
                if (unlinkat(dir_fd, name, 0) == 0)
                        return 1;
                error = -errno;
                if (!is_error_of_directory(error))
                        return error == -ENOENT ? 0 : error;
        }
        if (unlinkat(dir_fd, name, AT_REMOVEDIR) == 0)
                return 1;
        error = -errno;
        if (error != -ENOTEMPTY && error != -EEXIST && error != -EACCES)
                return error == -ENOENT ? 0 : error;
        if (r->depth >= DEPTH_MAX)
                return move_up(r, dir_fd, name);
        fd = enter(r, dir_fd, name);
        if (fd < 0)
                return fd == -ENOENT ? 0 : fd;
        r->depth++;
        error = empty_and_remove(r, fd, dir_fd, name);
        r->depth--;
        return error < 0 ? error : 1;
}

/* One look at all entries. Returns how many were removed; the first error goes to *RET_ERROR. */
static int pass(Removal *r, int fd, int *ret_error) {
        _cleanup_(dir_closep) DIR *d = NULL;
        int removed = 0, opened = dir_open_at(fd, ".", &d);

        if (opened < 0) {
                *ret_error = opened;
                return 0;
        }
        for (struct dirent *e; (e = dir_next(d));) {
                int one = remove_entry(r, fd, e->d_name, e->d_type == DT_DIR);

                if (one < 0 && *ret_error == 0)
                        *ret_error = one;
                else if (one > 0 && removed < INT32_MAX)
                        removed++;
        }
        return removed;
}

/* Again and again while that helps: others may be adding, and move_up() adds at the top. */
static int empty_and_remove(Removal *r, int fd, int dir_fd, const char *name) {
        int error = -ENOTEMPTY;

        for (int passes = 0; passes < PASSES_MAX; passes++) {
                int removed, remove_error;

                error = 0;
                removed = pass(r, fd, &error);
                if (unlinkat(dir_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
                        return 0;
                remove_error = -errno;
                error = error < 0 ? error : remove_error;
                if (removed == 0 && (error != -ENOTEMPTY || r->retries++ >= RETRIES_MAX))
                        break;
        }
        return error;
}

int remove_tree_at(int dir_fd, const char *name) {
        Removal r = { .top_fd = -EBADF };
        _cleanup_fd_ int fd = -EBADF;

        if (unlinkat(dir_fd, name, AT_REMOVEDIR) == 0) /* most are empty */
                return 0;
        fd = enter(&r, dir_fd, name);
        if (fd < 0)
                return fd == -ENOENT ? 0 : fd == -ELOOP ? -ENOTDIR : fd;
        r.top_fd = fd;
        return empty_and_remove(&r, fd, dir_fd, name);
}
