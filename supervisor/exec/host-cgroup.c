/*
 * A group can be removed once it is empty. A killed process may take a moment to
 * leave it, so removing waits, but not for ever: one that hangs in the kernel
 * keeps its group, and the next run tries again.
 */
#include "supervisor/exec/host-cgroup.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/remove-groups.h"
#include "supervisor/exec/host-record.h"
#include "supervisor/sandbox/apply/own-cgroup.h"

enum { EVENTS_MAX = 4096, EMPTY_TIMEOUT_MSEC = 5000 };

static int make(Host *h, const char *parent) {
        _cleanup_free_ char *path = NULL;
        int lock, r;

        if (asprintf(&path, "%s/svrun-%s", parent, h->id) < 0)
                return -ENOMEM;
        /* asked first, so that nothing is recorded where nothing can be made */
        if (faccessat(AT_FDCWD, parent, W_OK, AT_EACCESS) < 0)
                return -errno;
        lock = host_record_lock(h);
        if (lock < 0)
                return lock;
        r = host_record_add(h, HOST_RECORD_CGROUP, path);
        fd_close(lock);
        if (r < 0)
                return r;
        if (mkdir(path, 0755) < 0)
                return -errno;
        h->cgroup_fd = fd_open_nofollow(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
        return h->cgroup_fd < 0 ? h->cgroup_fd : 0;
}

int host_cgroup_make(Host *h) {
        _cleanup_free_ char *parent = NULL;
        int r;

        if (h->cgroup_fd >= 0)
                return 0;
        if (h->rootless)
                return -EPERM;
        r = own_cgroup_path(&parent);
        return r < 0 ? r : make(h, parent);
}

bool host_cgroup_kill(const Host *h) {
        return h->cgroup_fd >= 0 && file_write_kernel(h->cgroup_fd, "cgroup.kill", "1") >= 0;
}

/* 0 once no process is left in it or below, -EBUSY when time is up. */
static int wait_empty(int cgroup) {
        _cleanup_fd_ int events = openat(cgroup, "cgroup.events", O_RDONLY | O_CLOEXEC);

        if (events < 0)
                return -errno;
        for (;;) {
                _cleanup_free_ char *text = NULL;
                struct pollfd p = { .fd = events, .events = POLLPRI };
                int r = lseek(events, 0, SEEK_SET) < 0
                                ? -errno
                                : file_read_fd(events, EVENTS_MAX, &text, NULL);

                if (r < 0)
                        return r;
                if (strstr(text, "populated 0"))
                        return 0;
                r = poll(&p, 1, EMPTY_TIMEOUT_MSEC);
                if (r == 0)
                        return -EBUSY;
                if (r < 0 && errno != EINTR)
                        return -errno;
        }
}

int host_cgroup_remove(int dir_fd, const char *name, bool wait) {
        _cleanup_fd_ int cgroup = fd_open_nofollow(dir_fd, name, O_RDONLY | O_DIRECTORY, 0);
        int r;

        if (cgroup < 0)
                return cgroup == -ENOENT || cgroup == -ENOTDIR ? 0 : cgroup;
        /* most often it is empty, and this is all */
        if (unlinkat(dir_fd, name, AT_REMOVEDIR) == 0)
                return 0;
        r = file_write_kernel(cgroup, "cgroup.kill", "1");
        if (r >= 0 && wait)
                r = wait_empty(cgroup);
        if (r >= 0)
                r = remove_groups_below(cgroup);
        if (r >= 0 && unlinkat(dir_fd, name, AT_REMOVEDIR) < 0)
                r = -errno;
        return r;
}
