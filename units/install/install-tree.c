/*
 * The only code of this folder that changes anything: links are made and removed.
 *
 * Directories are opened beneath the root, with symbolic links resolved as if it were "/"; what is
 * changed is then named by one component in an open directory, so nothing can lead out. A link that
 * replaces another gets its name by rename(2): at every moment one of the two is there.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/text.h"
#include "units/install/install-inside.h"

int install_tree_open(const Install *i, const char *path) {
        return fd_open_in_root(i->path->root_fd, path, O_RDONLY | O_DIRECTORY);
}

char *install_tree_parent(const char *path) {
        size_t n = (size_t)(path_last(path) - path);

        return n > 1 ? strndup(path, n - 1) : strdup("/");
}

int install_tree_make(const Install *i, const char *path) {
        _cleanup_free_ char *parent = NULL;
        _cleanup_fd_ int above = -EBADF;
        int fd = install_tree_open(i, path);

        if (fd != -ENOENT || text_eq(path, "/"))
                return fd;
        parent = install_tree_parent(path);
        if (!parent)
                return -ENOMEM;
        above = install_tree_make(i, parent);
        if (above < 0)
                return above;
        if (mkdirat(above, path_last(path), 0755) < 0 && errno != EEXIST)
                return -errno;
        if (fsync(above) < 0)
                return -errno;
        return install_tree_open(i, path);
}

int install_tree_stat(const Install *i, const char *path, struct stat *ret) {
        _cleanup_fd_ int fd = fd_open_in_root(i->path->root_fd, path, O_PATH | O_NOFOLLOW);

        if (fd < 0)
                return fd;
        return fstat(fd, ret) < 0 ? -errno : 0;
}

bool install_tree_is_null(const Install *i, const char *path) {
        _cleanup_fd_ int fd = fd_open_in_root(i->path->root_fd, path, O_PATH);
        struct stat st;

        if (text_eq(path, "/dev/null"))
                return true;
        return fd >= 0 && fstat(fd, &st) >= 0 &&
               (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) ||
                (S_ISREG(st.st_mode) && st.st_size == 0));
}

/* ---- making ---- */

int install_tree_refuse(Install *i, int error, const char *path) {
        const char *root = i->path->root, *hint = "";

        if (error == -EROFS && !(i->flags & INSTALL_RUNTIME))
                hint = "; with --runtime the change is made in /run, and lasts until the next boot";
        return diag_error(i->diag, error, "%s%s cannot be changed: %s%s", root, path,
                          strerror(-error), hint);
}

/* Do both lead to one file, by whatever path? */
static bool is_same(const Install *i, const char *a, const char *b) {
        _cleanup_fd_ int fd = -EBADF, other = -EBADF;
        struct stat st, other_st;

        if (text_eq(a, b))
                return true;
        fd = fd_open_in_root(i->path->root_fd, a, O_PATH);
        other = fd_open_in_root(i->path->root_fd, b, O_PATH);
        return fd >= 0 && other >= 0 && fstat(fd, &st) >= 0 && fstat(other, &other_st) >= 0 &&
               st.st_dev == other_st.st_dev && st.st_ino == other_st.st_ino;
}

static int replace(Install *i, const InstallLink *link, int fd) {
        const char *name = path_last(link->path);
        char temporary[NAME_MAX + 1];

        if (snprintf(temporary, sizeof(temporary), ".%d.new", (int)getpid()) < 0)
                return -EINVAL;
        (void)unlinkat(fd, temporary, 0);
        if (symlinkat(link->target, fd, temporary) < 0)
                return install_tree_refuse(i, -errno, link->path);
        if (renameat(fd, temporary, fd, name) < 0) {
                int r = -errno;

                (void)unlinkat(fd, temporary, 0);
                return install_tree_refuse(i, r, link->path);
        }
        return install_note(i, INSTALL_UNLINK, link->path, NULL);
}

/* Something has the name already. 1: it is that link; 0: it may be replaced. */
static int judge(Install *i, const InstallLink *link) {
        _cleanup_free_ char *parent = install_tree_parent(link->path), *old = NULL;
        int r = parent ? load_alias_target(&(LoadAliasLink){ .path = i->path,
                                                             .directory = parent,
                                                             .name = path_last(link->path) },
                                           &old)
                       : -ENOMEM;

        if (r == -EINVAL || r == -ENOENT)
                return diag_error(i->diag, -EEXIST,
                                  "%s%s exists and is no symbolic link; remove it, or give the "
                                  "unit another name",
                                  i->path->root, link->path);
        if (r < 0)
                return install_tree_refuse(i, r, link->path);
        if (is_same(i, old, link->target))
                return 1;
        if (!link->force)
                return diag_error(i->diag, -EEXIST,
                                  "%s%s exists and leads to %s; --force replaces it", i->path->root,
                                  link->path, old);
        return 0;
}

int install_tree_link(Install *i, const InstallLink *link) {
        _cleanup_free_ char *parent = install_tree_parent(link->path);
        _cleanup_fd_ int fd = parent ? install_tree_make(i, parent) : -ENOMEM;
        int r;

        if (fd < 0)
                return install_tree_refuse(i, fd, link->path);
        if (symlinkat(link->target, fd, path_last(link->path)) < 0) {
                r = errno == EEXIST ? judge(i, link) : install_tree_refuse(i, -errno, link->path);
                if (r == 0)
                        r = replace(i, link, fd);
                if (r != 0)
                        return r;
        }
        if (fsync(fd) < 0)
                return install_tree_refuse(i, -errno, link->path);
        r = install_note(i, INSTALL_LINK, link->path, link->target);
        return r < 0 ? r : 1;
}

/* ---- removing ---- */

/* "foo.target.wants/" without links says nothing; the directory for all links stays. */
static void remove_directory(Install *i, const char *path) {
        _cleanup_free_ char *parent = install_tree_parent(path);
        _cleanup_fd_ int fd = -EBADF;

        if (!parent || text_eq(path, i->lasting) || text_eq(path, i->runtime))
                return;
        fd = install_tree_open(i, parent);
        if (fd >= 0 && unlinkat(fd, path_last(path), AT_REMOVEDIR) == 0)
                (void)fsync(fd);
}

int install_tree_unlink(Install *i, const char *path) {
        _cleanup_free_ char *parent = install_tree_parent(path);
        _cleanup_fd_ int fd = parent ? install_tree_open(i, parent) : -ENOMEM;

        if (fd < 0)
                return install_tree_refuse(i, fd, path);
        if (unlinkat(fd, path_last(path), 0) < 0)
                return errno == ENOENT ? 0 : install_tree_refuse(i, -errno, path);
        if (fsync(fd) < 0)
                return install_tree_refuse(i, -errno, path);
        remove_directory(i, parent);
        return install_note(i, INSTALL_UNLINK, path, NULL);
}
