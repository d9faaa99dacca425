/*
 * The drop-in that "edit" writes: one file a unit, replaced as a whole.
 */
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "units/install/install-inside.h"
#include "units/load.h"

#define NAME "override.conf"

static int place(const Install *i, const char *unit, char **ret) {
        return asprintf(ret, "%s/%s.d", install_place(i), unit) < 0 ? -ENOMEM : 0;
}

int install_dropin_read(Install *i, const char *unit, char **ret) {
        _cleanup_free_ char *directory = NULL;
        _cleanup_fd_ int fd = -EBADF, file = -EBADF;
        int r = install_check_name(i, unit);

        if (r >= 0)
                r = place(i, unit, &directory);
        if (r < 0)
                return r;
        fd = install_tree_open(i, directory);
        if (fd >= 0)
                file = fd_open_nofollow(fd, NAME, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
        if (fd == -ENOENT || file == -ENOENT) {
                *ret = strdup("");
                return *ret ? 0 : -ENOMEM;
        }
        r = fd < 0 ? fd : file < 0 ? file : file_read_fd(file, LOAD_FILE_MAX, ret, NULL);
        if (r < 0)
                return diag_error(i->diag, r, "%s%s/" NAME " cannot be read: %s", i->path->root,
                                  directory, strerror(-r));
        return 0;
}

int install_dropin_write(Install *i, const char *unit, const char *text) {
        _cleanup_free_ char *directory = NULL, *path = NULL;
        _cleanup_fd_ int fd = -EBADF;
        int r = place(i, unit, &directory);

        if (r < 0)
                return r;
        if (asprintf(&path, "%s/" NAME, directory) < 0)
                return -ENOMEM;
        fd = install_tree_make(i, directory);
        r = fd < 0 ? fd : file_write_atomic_at(fd, NAME, text, 0644);
        return r < 0 ? install_tree_refuse(i, r, path) : 0;
}
