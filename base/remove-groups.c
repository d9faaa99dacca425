/*
 * Groups are as deep and as many as whoever they were delegated to likes, and paths in them may be
 * longer than the kernel takes. So this neither calls itself nor knows paths: two descriptors lead
 * down to a group that can be removed, and ".." up again, as no group can be moved elsewhere.
 */
#include "base/remove-groups.h"

#include <dirent.h>

#include "base/dir.h"
#include "base/fd.h"

enum { REMOVED_MAX = 1 << 20 };

typedef struct Removal {
        unsigned removed;
        bool helped; /* something was removed since we last went down */
        bool is_back;
} Removal;

/* Removes groups of DIR_FD until there is one with something in it. Returns that one, -ENOENT when
 * there is none left, or negative errno. */
static int find_full(Removal *r, int dir_fd) {
        _cleanup_(dir_closep) DIR *d = NULL;
        int e = dir_open_at(dir_fd, ".", &d);

        if (e < 0)
                return e;
        for (struct dirent *entry; (entry = dir_next(d));) {
                if (entry->d_type != DT_DIR)
                        continue;
                if (unlinkat(dir_fd, entry->d_name, AT_REMOVEDIR) == 0) {
                        r->helped = true;
                        if (++r->removed > REMOVED_MAX)
                                return -EBUSY;
                        continue;
                }
                if (errno == ENOENT)
                        continue;
                if (errno != EBUSY && errno != ENOTEMPTY)
                        return -errno;
                /* it was full already when we went into it, and that did not help */
                return r->is_back && !r->helped
                               ? -EBUSY
                               : fd_open_nofollow(dir_fd, entry->d_name, O_RDONLY | O_DIRECTORY, 0);
        }
        return -ENOENT;
}

int remove_groups_below(int dir_fd) {
        _cleanup_fd_ int at = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);
        Removal r = { 0 };
        unsigned depth = 0;

        if (at < 0)
                return -errno;
        for (;;) {
                int next = find_full(&r, at);

                r.is_back = next == -ENOENT;
                if (next >= 0) {
                        r.helped = false;
                        depth++;
                } else if (next != -ENOENT)
                        return next;
                else if (depth == 0)
                        return 0;
                else {
                        next = openat(at, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                        if (next < 0)
                                return -errno;
                        depth--;
                }
                fd_close(at);
                at = next;
        }
}
