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

/* Reads N bytes, or less at the end of the file. */
static ssize_t read_until(int fd, char *to, size_t n) {
        size_t size = 0;

        while (size < n) {
                ssize_t got = read(fd, to + size, n - size);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -errno;
                if (got == 0)
                        break;
                size += (size_t)got;
        }
        return (ssize_t)size;
}

/* Most files are small, and get just what they need. */
int file_read_fd(int fd, size_t max, char **ret, size_t *ret_size) {
        char small[4096];
        _cleanup_free_ char *text = NULL;
        ssize_t n = read_until(fd, small, sizeof(small));
        size_t size = n < 0 ? 0 : (size_t)n, room = size;

        if (n < 0)
                return (int)n;
        text = malloc(room + 1);
        if (!text)
                return -ENOMEM;
        memcpy(text, small, size);
        while (size == room && room >= sizeof(small) && size <= max) {
                char *t = realloc(text, room * 2 + 1);

                if (!t)
                        return -ENOMEM;
                text = t;
                n = read_until(fd, text + size, room);
                if (n < 0)
                        return (int)n;
                size += (size_t)n;
                room *= 2;
        }
        if (size > max)
                return -EFBIG;
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
        ssize_t n;

        if (fd < 0)
                return -errno;
        n = read_until(fd, text, size - 1);
        if (n < 0)
                return n;
        text[n] = '\0';
        return n;
}

static int write_text(int fd, const char *text, bool flush) {
        int r = fd_write_all(fd, text, strlen(text));

        if (r < 0)
                return r;
        return flush && fsync(fd) < 0 ? -errno : 0;
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

/* One that died may have left a file of that name. */
static int create(int dir_fd, const char *path, mode_t mode) {
        const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
        int fd = openat(dir_fd, path, flags, mode);

        if (fd < 0 && errno == EEXIST && unlinkat(dir_fd, path, 0) == 0)
                fd = openat(dir_fd, path, flags, mode);
        return fd < 0 ? -errno : fd;
}

/* The temporary name does not grow with PATH's, which may be as long as a name can be. */
static int replace(int dir_fd, const char *path, const char *text, mode_t mode, bool flush) {
        const char *slash = strrchr(path, '/');
        _cleanup_free_ char *temporary = NULL;
        _cleanup_fd_ int fd = -EBADF;
        int r;

        if (asprintf(&temporary, "%.*s.%d.new", slash ? (int)(slash - path) + 1 : 0, path,
                     (int)getpid()) < 0)
                return -ENOMEM;
        fd = create(dir_fd, temporary, mode);
        if (fd < 0)
                return fd;
        r = write_text(fd, text, flush);
        if (r >= 0 && renameat(dir_fd, temporary, dir_fd, path) < 0)
                r = -errno;
        if (r < 0) {
                (void)unlinkat(dir_fd, temporary, 0);
                return r;
        }
        return flush ? flush_parent(dir_fd, path) : 0;
}

int file_write_atomic_at(int dir_fd, const char *path, const char *text, mode_t mode) {
        return replace(dir_fd, path, text, mode, true);
}

int file_replace_at(int dir_fd, const char *path, const char *text, mode_t mode) {
        return replace(dir_fd, path, text, mode, false);
}

int file_write_kernel(int dir_fd, const char *path, const char *text) {
        _cleanup_fd_ int fd = openat(dir_fd, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

        if (fd < 0)
                return -errno;
        if (write(fd, text, strlen(text)) < 0)
                return -errno;
        return 0;
}
