/*
 * DONE is free of links, since each component was opened without following one and a link's target
 * took its place. So ".." takes the last component off it, and the walk to what is left begins
 * anew: whatever is moved meanwhile, nobody gets above the root.
 */
#include "base/walk.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"

enum {
        LINKS_MAX = 40,
        GO_ON = -65536, /* no errno: opening may end in any of those, EAGAIN as well */
};

typedef struct Walk {
        int root;
        int fd;
        char *done; /* "/a/b"; only kept within a root */
        char *rest;
        uint64_t resolve;
        unsigned links;
} Walk;

static void walk_done(Walk *w) {
        fd_close(w->fd);
        free(w->done);
        free(w->rest);
}

static int take(Walk *w, int fd) {
        if (fd < 0)
                return -errno;
        fd_close(w->fd);
        w->fd = fd;
        return 0;
}

static int go_to_root(Walk *w) {
        w->done[0] = '\0';
        return take(w, openat(w->root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

static int go_up(Walk *w) {
        char *slash = strrchr(w->done, '/');
        int fd;

        if (!(w->resolve & RESOLVE_IN_ROOT))
                return take(w, openat(w->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!slash || slash == w->done)
                return go_to_root(w);
        *slash = '\0';
        fd = walk_open(w->root, w->done + 1, O_PATH | O_DIRECTORY, 0,
                       RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
        return fd < 0 ? fd : take(w, fd);
}

/* "A/B" takes the place of *TEXT, which may be one of the two. */
static int join(char **text, const char *a, const char *b) {
        char *new;

        if (asprintf(&new, "%s/%s", a, b) < 0)
                return -ENOMEM;
        free(*text);
        *text = new;
        return strlen(new) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int replace(char **text, const char *by) {
        char *new = strdup(by);

        if (!new)
                return -ENOMEM;
        free(*text);
        *text = new;
        return 0;
}

static int follow(Walk *w, int link) {
        char target[PATH_MAX];
        ssize_t n = readlinkat(link, "", target, sizeof(target) - 1);
        int r;

        if (w->resolve & RESOLVE_NO_SYMLINKS || ++w->links > LINKS_MAX)
                return -ELOOP;
        if (n <= 0)
                return n < 0 ? -errno : -ENOENT;
        target[n] = '\0';
        /* a slash at the end of either means a directory, so none is added */
        r = *w->rest ? join(&w->rest, target, w->rest) : replace(&w->rest, target);
        return r < 0 || target[0] != '/' ? r : go_to_root(w);
}

/* The last component, which was found to be no link; if it is one by now, that is an error. */
static int open_last(const Walk *w, int found, const char *name, int flags, mode_t mode) {
        struct stat st;
        int fd;

        if (!(flags & O_PATH) || found < 0)
                fd = openat(w->fd, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
        else if (flags & O_DIRECTORY && (fstat(found, &st) < 0 || !S_ISDIR(st.st_mode)))
                return -ENOTDIR;
        else
                fd = fcntl(found, F_DUPFD_CLOEXEC, 0);
        return fd < 0 ? -errno : fd;
}

/* Takes NAME off the way; the walk ends with a fd when nothing else was left. GO_ON: it goes on. */
static int step(Walk *w, const char *name, bool last, int flags, mode_t mode) {
        _cleanup_fd_ int found = openat(w->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        struct stat st;
        int r;

        if (last && *w->rest && flags & O_CREAT)
                return -EISDIR;
        if (last && *w->rest)
                flags = (flags | O_DIRECTORY) & ~O_NOFOLLOW;
        if (found < 0 && !(errno == ENOENT && last && flags & O_CREAT))
                return -errno;
        if (found >= 0 && fstat(found, &st) < 0)
                return -errno;
        if (found >= 0 && S_ISLNK(st.st_mode) && !(last && flags & O_PATH && flags & O_NOFOLLOW)) {
                r = follow(w, found);
                return r < 0 ? r : GO_ON;
        }
        if (last)
                return open_last(w, found, name, flags, mode);
        if (!S_ISDIR(st.st_mode))
                return -ENOTDIR;
        r = join(&w->done, w->done, name);
        if (r < 0)
                return r;
        r = take(w, TAKE_FD(found));
        return r < 0 ? r : GO_ON;
}

/* The next component off REST. False: there is none. */
static bool next(Walk *w, char name[static NAME_MAX + 1], bool *ret_last) {
        const char *from = w->rest + strspn(w->rest, "/");
        size_t n = strcspn(from, "/");

        if (n == 0 || n > NAME_MAX)
                return false;
        memcpy(name, from, n);
        name[n] = '\0';
        from += n;
        *ret_last = from[strspn(from, "/")] == '\0';
        memmove(w->rest, from, strlen(from) + 1);
        return true;
}

static int begin(Walk *w, int dir_fd, const char *path) {
        bool from_top = path[0] == '/' && !(w->resolve & RESOLVE_IN_ROOT);

        w->root = dir_fd;
        w->done = strdup("");
        w->rest = strdup(path);
        if (!w->done || !w->rest)
                return -ENOMEM;
        return take(w, from_top ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)
                                : openat(dir_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

int walk_open(int dir_fd, const char *path, int flags, mode_t mode, uint64_t resolve) {
        _cleanup_(walk_done) Walk w = { .fd = -EBADF, .resolve = resolve };
        char name[NAME_MAX + 1];
        int r = *path ? begin(&w, dir_fd, path) : -ENOENT;
        bool last;

        if (r < 0)
                return r;
        while (next(&w, name, &last)) {
                if (text_eq(name, "."))
                        continue;
                r = text_eq(name, "..") ? go_up(&w) : step(&w, name, last, flags, mode);
                if (r != GO_ON && (r < 0 || !text_eq(name, "..")))
                        return r;
        }
        if (w.rest[strspn(w.rest, "/")])
                return -ENAMETOOLONG;
        r = openat(w.fd, ".", flags | O_CLOEXEC);
        return r < 0 ? -errno : r;
}
