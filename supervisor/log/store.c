/*
 * The files of the units: opened when they are needed, the longest unused closed for another.
 *
 * What holds: `size` of an open file is where its last whole line ends, and `total` follows every
 * change of it.
 */
#include "supervisor/log/store.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "supervisor/log/record.h"

enum { DIRECTORY_MODE = 0750, FILE_MODE = 0640, LOOK_BACK = 16384 };

static void close_file(LogFile *f) {
        if (f->name[0] != '\0') {
                if (f->unsynced)
                        (void)fdatasync(f->fd);
                fd_close(f->fd);
        }
        *f = (LogFile){ .fd = -EBADF };
}

static void close_files(Store *s) {
        for (size_t i = 0; i < STORE_OPEN_MAX; i++)
                close_file(&s->files[i]);
}

void store_free(Store *s) {
        if (!s)
                return;
        close_files(s);
        fd_close(s->dir_fd);
        free(s);
}

/* A directory that can be written. */
static int open_directory(const char *path) {
        _cleanup_fd_ int fd = -EBADF;

        if (mkdir(path, DIRECTORY_MODE) < 0 && errno != EEXIST)
                return -errno;
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0)
                return -errno;
        return faccessat(fd, ".", W_OK, AT_EACCESS) < 0 ? -errno : TAKE_FD(fd);
}

static void use_directory(Store *s, int fd, bool persistent) {
        close_files(s);
        fd_close(s->dir_fd);
        s->dir_fd = fd;
        s->persistent = persistent;
        s->limits = persistent ? s->settings.persistent_limits : s->settings.volatile_limits;
        s->total = 0;
        (void)store_evict(s, 0, "", false); /* counts what is there */
}

void store_use_persistent(Store *s) {
        int fd;

        if (s->persistent || !s->settings.persistent_dir)
                return;
        fd = open_directory(s->settings.persistent_dir);
        if (fd >= 0)
                use_directory(s, fd, true);
}

int store_open(const StoreSettings *settings, Store **ret) {
        _cleanup_(store_freep) Store *s = calloc(1, sizeof(*s));
        int fd;

        if (!s)
                return -ENOMEM;
        s->settings = *settings;
        s->dir_fd = -EBADF;
        store_use_persistent(s);
        if (!s->persistent) {
                fd = open_directory(settings->volatile_dir);
                if (fd < 0)
                        return fd;
                use_directory(s, fd, false);
        }
        *ret = TAKE_PTR(s);
        return 0;
}

static void file_name(const char *name, const char *suffix, char ret[static NAME_MAX + 1]) {
        snprintf(ret, NAME_MAX + 1, "%.*s%s", STORE_NAME_MAX, name, suffix);
}

/* Where the last whole line of a file of SIZE bytes ends. */
static uint64_t end_of_lines(int fd, uint64_t size) {
        char block[LOOK_BACK];

        while (size > 0) {
                size_t n = (size_t)MIN_OF(size, (uint64_t)sizeof(block));
                ssize_t got = pread(fd, block, n, (off_t)(size - n));
                const char *newline = got == (ssize_t)n ? memrchr(block, '\n', n) : NULL;

                if (newline)
                        return size - n + (uint64_t)(newline - block) + 1;
                size -= n;
        }
        return 0;
}

static int open_file(Store *s, LogFile *f, const char *name) {
        char path[NAME_MAX + 1];
        _cleanup_fd_ int fd = -EBADF;
        struct stat st;
        uint64_t end;

        file_name(name, STORE_SUFFIX, path);
        fd = fd_open_nofollow(s->dir_fd, path, O_RDWR | O_CREAT, FILE_MODE);
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EBADF;
        end = end_of_lines(fd, (uint64_t)st.st_size);
        if (end < (uint64_t)st.st_size) {
                if (ftruncate(fd, (off_t)end) < 0)
                        return -errno;
                s->total -= MIN_OF(s->total, (uint64_t)st.st_size - end);
        }
        if (f->name != name)
                snprintf(f->name, sizeof(f->name), "%s", name);
        f->fd = TAKE_FD(fd);
        f->inode = st.st_ino;
        f->size = end;
        return 0;
}

static LogFile *longest_unused(Store *s) {
        LogFile *best = &s->files[0];

        for (size_t i = 1; i < STORE_OPEN_MAX; i++)
                if (s->files[i].used < best->used)
                        best = &s->files[i];
        return best;
}

static LogFile *find_open(Store *s, const char *name) {
        for (size_t i = 0; i < STORE_OPEN_MAX; i++)
                if (strcmp(s->files[i].name, name) == 0)
                        return &s->files[i];
        return NULL;
}

int store_file(Store *s, const char *name, LogFile **ret) {
        LogFile *f;
        int r;

        if (*name == '\0' || strlen(name) > STORE_NAME_MAX)
                name = STORE_SYSTEM;
        f = find_open(s, name);
        if (!f) {
                f = longest_unused(s);
                close_file(f);
                r = open_file(s, f, name);
                if (r < 0)
                        return r;
                if (strcmp(name, STORE_KERNEL) != 0)
                        f->rate = s->settings.rate;
        }
        f->used = ++s->uses;
        *ret = f;
        return 0;
}

void store_close(Store *s, const char *name) {
        LogFile *f = find_open(s, name);

        if (f)
                close_file(f);
}

/* The current file becomes the older one. After a kill in between, the current one is missing, and
 * whoever needs it makes it. */
static int begin_new_file(Store *s, LogFile *f) {
        char current[NAME_MAX + 1], older[NAME_MAX + 1];
        struct stat st;

        file_name(f->name, STORE_SUFFIX, current);
        file_name(f->name, STORE_OLDER, older);
        if (fstatat(s->dir_fd, older, &st, AT_SYMLINK_NOFOLLOW) == 0)
                s->total -= MIN_OF(s->total, (uint64_t)st.st_size);
        if (f->unsynced)
                (void)fdatasync(f->fd);
        f->unsynced = false;
        if (renameat(s->dir_fd, current, s->dir_fd, older) < 0)
                return -errno;
        fd_close(TAKE_FD(f->fd));
        return open_file(s, f, f->name);
}

uint64_t store_place(Store *s, LogFile *f, size_t n) {
        uint64_t before = f->size;

        /* a file that cannot be renamed goes on: better too large than no log */
        if (f->size > 0 && f->size + n > s->limits.unit_max / 2 && begin_new_file(s, f) < 0)
                f->size = f->fd >= 0 ? before : 0;
        if (s->total + n > s->limits.total_max)
                (void)store_evict(s, n, f->name, false);
        return f->size;
}

static int write_all_at(int fd, const char *data, size_t n, uint64_t at) {
        while (n > 0) {
                ssize_t written = pwrite(fd, data, n, (off_t)at);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written <= 0)
                        return written < 0 ? -errno : -EIO;
                data += written;
                n -= (size_t)written;
                at += (uint64_t)written;
        }
        return 0;
}

int store_write(Store *s, LogFile *f, const void *data, size_t n, uint64_t at) {
        struct stat st;
        int r = write_all_at(f->fd, data, n, at);

        if (r == -ENOSPC && store_evict(s, n, f->name, true))
                r = write_all_at(f->fd, data, n, at);
        if (r < 0)
                n = 0;
        /* longer it is only after an earlier attempt at the same place */
        if ((r < 0 || (fstat(f->fd, &st) == 0 && (uint64_t)st.st_size != at + n)) &&
            ftruncate(f->fd, (off_t)(at + n)) < 0 && r >= 0)
                r = -errno;
        s->total = s->total + at + n - MIN_OF(f->size, s->total + at + n);
        f->size = at + n;
        f->unsynced = s->persistent;
        return r;
}

void store_sync(Store *s) {
        for (size_t i = 0; i < STORE_OPEN_MAX; i++)
                if (s->files[i].unsynced) {
                        (void)fdatasync(s->files[i].fd);
                        s->files[i].unsynced = false;
                }
}

bool store_is_unsynced(const Store *s) {
        for (size_t i = 0; i < STORE_OPEN_MAX; i++)
                if (s->files[i].unsynced)
                        return true;
        return false;
}
