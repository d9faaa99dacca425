/*
 * Whole files.
 */
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

int file_read_fd(int fd, size_t max, char **ret, size_t *ret_size) {
        _cleanup_free_ char *text = NULL;
        size_t size = 0, capacity = 0;

        for (;;) {
                ssize_t n;

                if (capacity - size < 2) {
                        size_t bigger = capacity ? capacity * 2 : 4096;
                        char *t = realloc(text, bigger);

                        if (!t)
                                return -ENOMEM;
                        text = t;
                        capacity = bigger;
                }
                n = read(fd, text + size, capacity - size - 1);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                size += (size_t)n;
                if (size > max)
                        return -EFBIG;
        }
        text[size] = '\0';
        *ret = TAKE_PTR(text);
        if (ret_size)
                *ret_size = size;
        return 0;
}

int file_read_at(int dir_fd, const char *path, size_t max, char **ret, size_t *ret_size) {
        /* O_NONBLOCK: opening a fifo must not wait for its writer */
        _cleanup_fd_ int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        struct stat st;

        if (fd < 0)
                return -errno;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (S_ISDIR(st.st_mode))
                return -EISDIR;
        if (!S_ISREG(st.st_mode))
                return -EBADF;
        return file_read_fd(fd, max, ret, ret_size);
}

ssize_t file_read_start_at(int dir_fd, const char *path, char *text, size_t size) {
        _cleanup_fd_ int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        size_t n = 0;

        if (fd < 0)
                return -errno;
        while (n < size - 1) {
                ssize_t got = read(fd, text + n, size - 1 - n);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -errno;
                if (got == 0)
                        break;
                n += (size_t)got;
        }
        text[n] = '\0';
        return (ssize_t)n;
}

static int write_and_flush(int fd, const char *text) {
        int r = fd_write_all(fd, text, strlen(text));

        if (r < 0)
                return r;
        return fsync(fd) < 0 ? -errno : 0;
}

static int flush_parent(int dir_fd, const char *path) {
        const char *slash = strrchr(path, '/');
        _cleanup_free_ char *parent =
                slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
        _cleanup_fd_ int fd = -EBADF;

        if (!parent)
                return -ENOMEM;
        fd = openat(dir_fd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        return fsync(fd) < 0 ? -errno : 0;
}

int file_write_atomic_at(int dir_fd, const char *path, const char *text, mode_t mode) {
        _cleanup_free_ char *temporary = NULL;
        _cleanup_fd_ int fd = -EBADF;
        int r;

        if (asprintf(&temporary, "%s.%d.new", path, (int)getpid()) < 0)
                return -ENOMEM;
        fd = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (fd < 0)
                return -errno;
        r = write_and_flush(fd, text);
        if (r >= 0 && renameat(dir_fd, temporary, dir_fd, path) < 0)
                r = -errno;
        if (r < 0) {
                (void)unlinkat(dir_fd, temporary, 0);
                return r;
        }
        return flush_parent(dir_fd, path);
}

int file_write_kernel(int dir_fd, const char *path, const char *text) {
        _cleanup_fd_ int fd = openat(dir_fd, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

        if (fd < 0)
                return -errno;
        if (write(fd, text, strlen(text)) < 0)
                return -errno;
        return 0;
}
