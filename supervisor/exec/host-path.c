/*
 * One component at a time: each is opened relative to its directory, so that
 * what was checked is what is used.
 */
#include "supervisor/exec/host-path.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"

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

/* A link that leads out of the root leads back into it, as if the root were "/". */
static int follow(const HostPath *p) {
        _cleanup_free_ char *so_far = strndup(p->path + 1, p->end - 1);

        if (!so_far)
                return -ENOMEM;
        return fd_open_in_root(p->root_fd, so_far, O_PATH | O_DIRECTORY);
}

int host_path_enter(HostPath *p) {
        int fd = fd_open_nofollow(p->fd, p->name, O_PATH | O_DIRECTORY, 0);
        int r;

        if (fd == -ELOOP && host_path_is_trusted(p->fd))
                fd = follow(p);
        if (fd < 0)
                return fd;
        fd_close(p->fd);
        p->fd = fd;
        r = take_name(p);
        return r;
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
