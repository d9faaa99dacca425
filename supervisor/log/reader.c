/*
 * Each unit's files in a directory are a chain: UNIT.log.1, then UNIT.log. At the end of a file,
 * the chain goes on with the one that came after it, which the inodes tell, however often the files
 * were renamed meanwhile.
 */
#include "supervisor/log/reader.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/log/store.h"

enum { DIRECTORIES_MAX = 4, BLOCK = 16384 };

typedef struct Chain {
        int dir_fd;
        int fd; /* -EBADF: no file yet */
        ino_t inode;
        char *unit;
        char *block; /* read and not yet given: from `begin` to `end` */
        size_t begin, end, room;
        bool has; /* the record is the next one */
        Record record;
} Chain;

struct Reader {
        int dirs[DIRECTORIES_MAX];
        size_t n_dirs;
        int inotify;
        char **units;
        Chain *chains;
        size_t n;
};

void reader_free(Reader *r) {
        if (!r)
                return;
        for (size_t i = 0; i < r->n; i++) {
                fd_close(r->chains[i].fd);
                free(r->chains[i].unit);
                free(r->chains[i].block);
        }
        for (size_t i = 0; i < r->n_dirs; i++)
                fd_close(r->dirs[i]);
        fd_close(r->inotify);
        strv_free(r->units);
        free(r->chains);
        free(r);
}

size_t reader_directories(const Reader *r) {
        return r->n_dirs;
}

static int open_file(Chain *c, const char *suffix) {
        char name[NAME_MAX + 1];
        _cleanup_fd_ int fd = -EBADF;
        struct stat st;

        snprintf(name, sizeof(name), "%.*s%s", STORE_NAME_MAX, c->unit, suffix);
        fd = fd_open_nofollow(c->dir_fd, name, O_RDONLY | O_NONBLOCK, 0);
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EBADF;
        fd_close(c->fd);
        c->fd = TAKE_FD(fd);
        c->inode = st.st_ino;
        c->begin = c->end = 0; /* what was not whole in the last file never gets so */
        return 1;
}

/* Is the file with this suffix there, and another one than ours? */
static bool is_other(const Chain *c, const char *suffix) {
        char name[NAME_MAX + 1];
        struct stat st;

        snprintf(name, sizeof(name), "%.*s%s", STORE_NAME_MAX, c->unit, suffix);
        return fstatat(c->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino != c->inode;
}

/* Reads more of the file. Returns 1, 0 at its end, or a negative errno. */
static int read_more(Chain *c) {
        ssize_t n;

        if (c->fd < 0)
                return 0;
        memmove(c->block, c->block + c->begin, c->end - c->begin);
        c->end -= c->begin;
        c->begin = 0;
        if (c->room - c->end < BLOCK) {
                size_t room = c->room + MAX_OF(c->room, (size_t)BLOCK);
                char *block = room > 4 * (size_t)RECORD_MAX ? NULL : realloc(c->block, room);

                if (!block)
                        return -ENOMEM;
                c->block = block;
                c->room = room;
        }
        n = read(c->fd, c->block + c->end, c->room - c->end);
        if (n < 0)
                return -errno;
        c->end += (size_t)n;
        return n > 0;
}

/* Returns 1 when there is another file, or more in this one; 0 when not. */
static int go_on(Chain *c) {
        int r;

        if (c->fd < 0) {
                r = open_file(c, STORE_OLDER);
                return r > 0 ? r : open_file(c, STORE_SUFFIX) > 0;
        }
        if (!is_other(c, STORE_SUFFIX))
                return 0;
        r = read_more(c); /* nothing is added once it was renamed; this was before */
        if (r != 0)
                return r;
        r = is_other(c, STORE_OLDER) ? open_file(c, STORE_OLDER) : -ENOENT;
        return r > 0 ? r : open_file(c, STORE_SUFFIX) > 0;
}

/* svlogd takes back what it wrote last if it has to do it again. */
static void follow_shrinking(Chain *c) {
        struct stat st;

        if (c->fd >= 0 && fstat(c->fd, &st) == 0 && lseek(c->fd, 0, SEEK_CUR) > st.st_size) {
                (void)lseek(c->fd, st.st_size, SEEK_SET);
                c->begin = c->end = 0;
        }
}

/* The next record of a chain. Returns 1, 0 or a negative errno. */
static int chain_next(Chain *c) {
        while (!c->has) {
                char *line = c->block + c->begin;
                char *newline = c->end > c->begin ? memchr(line, '\n', c->end - c->begin) : NULL;
                int r;

                if (newline) {
                        c->has = record_parse(line, (size_t)(newline - line), &c->record) >= 0;
                        c->begin = (size_t)(newline - c->block) + 1;
                        continue;
                }
                r = read_more(c);
                if (r == 0) {
                        follow_shrinking(c);
                        r = go_on(c);
                }
                if (r <= 0)
                        return r;
        }
        return 1;
}

static bool is_known(const Reader *r, int dir_fd, const char *unit) {
        for (size_t i = 0; i < r->n; i++)
                if (r->chains[i].dir_fd == dir_fd && text_eq(r->chains[i].unit, unit))
                        return true;
        return false;
}

static int add_chain(Reader *r, int dir_fd, const char *unit) {
        Chain *c;

        if ((r->units && !strv_contains(r->units, unit)) || is_known(r, dir_fd, unit))
                return 0;
        if (ARRAY_GROW(r->chains, r->n) < 0)
                return -ENOMEM;
        c = &r->chains[r->n];
        *c = (Chain){ .dir_fd = dir_fd, .fd = -EBADF, .unit = strdup(unit) };
        if (!c->unit)
                return -ENOMEM;
        r->n++;
        return 0;
}

/* Looks for units that have no chain yet. */
static int look_for_units(Reader *r) {
        for (size_t i = 0; i < r->n_dirs; i++) {
                _cleanup_(dir_closep) DIR *d = NULL;
                struct dirent *e;
                int error = dir_open_at(r->dirs[i], ".", &d);

                if (error < 0)
                        return error;
                while (error >= 0 && (e = dir_next(d))) {
                        size_t n = strlen(e->d_name);

                        if (text_ends_with(e->d_name, STORE_SUFFIX))
                                n -= strlen(STORE_SUFFIX);
                        else if (text_ends_with(e->d_name, STORE_OLDER))
                                n -= strlen(STORE_OLDER);
                        else
                                continue;
                        e->d_name[n] = '\0';
                        error = add_chain(r, r->dirs[i], e->d_name);
                }
                if (error < 0)
                        return error;
        }
        return 0;
}

static int open_directory(Reader *r, const char *path) {
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        r->dirs[r->n_dirs++] = fd;
        if (inotify_add_watch(r->inotify, path, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
                return -errno;
        return 0;
}

int reader_open(char *const *dirs, char *const *units, Reader **ret) {
        _cleanup_(reader_freep) Reader *r = calloc(1, sizeof(*r));
        int error = 0;

        if (!r)
                return -ENOMEM;
        r->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (r->inotify < 0)
                return -errno;
        if (strv_copy(units, &r->units) < 0)
                return -ENOMEM;
        assert(strv_length(dirs) <= DIRECTORIES_MAX);
        STRV_FOREACH(dir, dirs)
                if (error >= 0)
                        error = open_directory(r, *dir);
        if (error >= 0)
                error = look_for_units(r);
        if (error < 0)
                return error;
        *ret = TAKE_PTR(r);
        return 0;
}

int reader_next(Reader *r, Record *ret, const char **ret_unit) {
        Chain *first = NULL;

        for (size_t i = 0; i < r->n; i++) {
                Chain *c = &r->chains[i];
                int error = chain_next(c);

                if (error < 0)
                        return error;
                if (error > 0 &&
                    (!first || c->record.stamp.realtime < first->record.stamp.realtime))
                        first = c;
        }
        if (!first)
                return 0;
        first->has = false;
        *ret = first->record;
        *ret_unit = first->unit;
        return 1;
}

int reader_wait(Reader *r, int output, int timeout_msec) {
        struct pollfd fds[] = {
                { .fd = r->inotify, .events = POLLIN },
                { .fd = output }, /* an error is reported always */
        };
        char events[4096];

        if (poll(fds, ARRAY_SIZE(fds), timeout_msec) < 0)
                return errno == EINTR ? 0 : -errno;
        if (fds[1].revents & (POLLERR | POLLHUP))
                return -EPIPE;
        while (read(r->inotify, events, sizeof(events)) > 0)
                ;
        return look_for_units(r);
}
