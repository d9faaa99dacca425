/*
 * File descriptors. Paths that others can change are opened with openat2(),
 * which glibc does not wrap.
 */
#include "base/fd.h"

#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "base/walk.h"

static int open_how(int dir_fd, const char *path, int flags, mode_t mode, uint64_t resolve) {
        struct open_how how = {
                .flags = (uint64_t)flags | O_CLOEXEC,
                .mode = mode,
                .resolve = resolve,
        };
        long fd;

        /* EAGAIN: a rename raced with ".."; the kernel asks us to try again. */
        for (int tries = 0; tries < 64; tries++) {
                fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));
                if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
                        break;
        }
        if (fd < 0 && errno == ENOSYS)
                return walk_open(dir_fd, path, flags, mode, resolve);
        return fd < 0 ? -errno : (int)fd;
}

int fd_open_nofollow(int dir_fd, const char *path, int flags, mode_t mode) {
        return open_how(dir_fd, path, flags, mode, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

int fd_open_in_root(int root_fd, const char *path, int flags) {
        return open_how(root_fd, path, flags, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

int fd_open_in_root_nofollow(int root_fd, const char *path, int flags) {
        return open_how(root_fd, path, flags, 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
}

int fd_move_above_stdio(int fd) {
        int moved;

        if (fd < 0 || fd > STDERR_FILENO)
                return fd;
        moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (moved < 0)
                return -errno;
        close(fd);
        return moved;
}

int fd_fill_stdio(void) {
        int pair[2];

        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
                int opened;

                if (fcntl(fd, F_GETFD) >= 0)
                        continue;
                opened = open("/dev/null", O_RDWR | O_CLOEXEC);
                if (opened < 0 && pipe2(pair, O_CLOEXEC) < 0)
                        return -errno;
                if (fcntl(opened < 0 ? pair[0] : opened, F_SETFD, 0) < 0)
                        return -errno;
        }
        return 0;
}

static int compare_ints(const void *a, const void *b) {
        int x = *(const int *)a, y = *(const int *)b;

        return (x > y) - (x < y);
}

static int close_span(int first, int last) {
        if (first > last)
                return 0;
        return close_range((unsigned)first, (unsigned)last, 0) < 0 ? -errno : 0;
}

int fd_close_all_from(int lowest, int keep[], size_t n) {
        qsort(keep, n, sizeof(int), compare_ints);
        for (size_t i = 0; i < n; i++) {
                int r;

                if (keep[i] < lowest)
                        continue;
                r = close_span(lowest, keep[i] - 1);
                if (r < 0)
                        return r;
                lowest = keep[i] + 1;
        }
        return close_span(lowest, INT32_MAX);
}

int fd_write_all(int fd, const void *data, size_t n) {
        const char *p = data;

        while (n > 0) {
                ssize_t written = write(fd, p, n);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return -errno;
                p += written;
                n -= (size_t)written;
        }
        return 0;
}

const char *fd_proc_path(int fd, char ret[static FD_PROC_PATH_MAX]) {
        snprintf(ret, FD_PROC_PATH_MAX, "/proc/self/fd/%d", fd);
        return ret;
}
