/*
 * One component at a time: each is opened relative to its directory, so that
 * what was checked is what is used.
 */
#include "supervisor/exec/host-path.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"

enum { LINKS_MAX = 40 };

void host_path_done(HostPath *p) {
        fd_close(p->root_fd);
        fd_close(p->fd);
        free(p->path);
        *p = (HostPath)HOST_PATH_INIT;
}

static int take_name(HostPath *p) {
        const char *name = p->path + p->end + strspn(p->path + p->end, "/");
        size_t n = strcspn(name, "/");

        if (n > NAME_MAX)
                return -ENAMETOOLONG;
        memcpy(p->name, name, n);
        p->name[n] = '\0';
        p->end = (size_t)(name - p->path) + n;
        return 0;
}

int host_path_begin(const char *root, const char *path, HostPath *ret) {
        _cleanup_(host_path_done) HostPath p = HOST_PATH_INIT;
        int r;

        if (!path_is_absolute(path) || !path_is_normalised(path))
                return -EINVAL;
        p.path = strdup(path);
        if (!p.path)
                return -ENOMEM;
        p.root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (p.root_fd < 0)
                return -errno;
        p.fd = fcntl(p.root_fd, F_DUPFD_CLOEXEC, 0);
        if (p.fd < 0)
                return -errno;
        r = take_name(&p);
        if (r < 0)
                return r;
        *ret = p;
        p = (HostPath)HOST_PATH_INIT;
        return 0;
}

bool host_path_is_last(const HostPath *p) {
        return p->path[p->end] == '\0';
}

bool host_path_is_trusted(int fd) {
        struct stat st;

        return fstat(fd, &st) == 0 && (st.st_uid == 0 || st.st_uid == geteuid()) &&
               !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* PATH with TARGET in the place of NAME. */
static int join(const HostPath *p, const char *target, char **ret) {
        const char *rest = p->path + p->end;
        size_t before = p->end - strlen(p->name);

        if (target[0] == '/')
                before = 0;
        return asprintf(ret, "%.*s%s%s", (int)before, p->path, target, rest) < 0 ? -ENOMEM : 0;
}

/* What was walked so far holds no link any more, so ".." can be taken out of the text; what would
 * lead out of the root stays in it. */
static void resolve_dots(char *path) {
        char *to = path;

        for (char *from = path; *from;) {
                size_t n = strcspn(++from, "/");

                if (n == 2 && from[0] == '.' && from[1] == '.') {
                        while (to > path && *--to != '/')
                                continue;
                } else if (n > 0 && !(n == 1 && from[0] == '.')) {
                        *to++ = '/';
                        memmove(to, from, n);
                        to += n;
                }
                from += n;
        }
        if (to == path)
                *to++ = '/';
        *to = '\0';
}

static int go_back(HostPath *p) {
        int fd = fcntl(p->root_fd, F_DUPFD_CLOEXEC, 0);

        if (fd < 0)
                return -errno;
        fd_close(p->fd);
        p->fd = fd;
        p->end = 0;
        return take_name(p);
}

/* The target of the link NAME takes its place in the path, and the walk begins anew: the target's
 * components are looked at like all others. A link that leads out of the root leads back into it,
 * as if the root were "/". */
static int splice_link(HostPath *p) {
        char target[PATH_MAX];
        char *path;
        ssize_t n = readlinkat(p->fd, p->name, target, sizeof(target) - 1);
        int r;

        if (n < 0)
                return -errno;
        target[n] = '\0';
        r = join(p, target, &path);
        if (r < 0)
                return r;
        resolve_dots(path);
        free(p->path);
        p->path = path;
        return strlen(path) < PATH_MAX ? go_back(p) : -ENAMETOOLONG;
}

/* Enters NAME, or sets out for what it links to. */
static int step(HostPath *p) {
        int fd = fd_open_nofollow(p->fd, p->name, O_PATH | O_DIRECTORY, 0);

        if (fd == -ELOOP && host_path_is_trusted(p->fd))
                return ++p->links > LINKS_MAX ? -ELOOP : splice_link(p);
        if (fd < 0)
                return fd;
        fd_close(p->fd);
        p->fd = fd;
        return take_name(p);
}

static int copy(const HostPath *p, HostPath *ret) {
        _cleanup_(host_path_done) HostPath new = *p;

        new.path = strdup(p->path);
        new.root_fd = fcntl(p->root_fd, F_DUPFD_CLOEXEC, 0);
        new.fd = fcntl(p->fd, F_DUPFD_CLOEXEC, 0);
        if (!new.path || new.root_fd < 0 || new.fd < 0)
                return new.path ? -EMFILE : -ENOMEM;
        *ret = new;
        new = (HostPath)HOST_PATH_INIT;
        return 0;
}

/* On a copy, since it takes several steps, and each of them can fail. */
static int enter_link(HostPath *p) {
        _cleanup_(host_path_done) HostPath new = HOST_PATH_INIT;
        size_t left = strlen(p->path + p->end);
        int r = copy(p, &new);

        do
                r = r < 0 ? r : step(&new);
        while (r >= 0 && strlen(new.path + new.end) + strlen(new.name) > left);
        if (r < 0)
                return r;
        host_path_done(p);
        *p = new;
        new = (HostPath)HOST_PATH_INIT;
        return 0;
}

int host_path_enter(HostPath *p) {
        int fd = fd_open_nofollow(p->fd, p->name, O_PATH | O_DIRECTORY, 0);

        if (fd == -ELOOP && host_path_is_trusted(p->fd))
                return enter_link(p);
        if (fd < 0)
                return fd;
        fd_close(p->fd);
        p->fd = fd;
        return take_name(p);
}

int host_path_make(HostPath *p) {
        _cleanup_fd_ int fd = -EBADF;

        if (mkdirat(p->fd, p->name, 0755) < 0)
                return errno == EEXIST ? 0 : -errno;
        fd = fd_open_nofollow(p->fd, p->name, O_RDONLY | O_DIRECTORY, 0);
        if (fd < 0)
                return fd;
        return fchmod(fd, 0755) < 0 ? -errno : 1;
}

int host_path_to_last(HostPath *p, bool make) {
        while (!host_path_is_last(p)) {
                int r = host_path_enter(p);

                if (r == -ENOENT && make) {
                        r = host_path_make(p);
                        if (r >= 0)
                                r = host_path_enter(p);
                }
                if (r < 0)
                        return r;
        }
        return 0;
}

int host_path_real(const HostPath *p, char **ret) {
        char link[FD_PROC_PATH_MAX], directory[PATH_MAX];
        ssize_t n = readlink(fd_proc_path(p->fd, link), directory, sizeof(directory) - 1);

        if (n < 0)
                return -errno;
        directory[n] = '\0';
        return path_join(directory, p->name, ret);
}
