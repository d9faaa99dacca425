/*
 * fdopendir() takes its fd over only when it succeeds, and shares the position
 * of a duplicate: so the directory is opened anew.
 */
#include "base/dir.h"

#include <fcntl.h>

#include "base/fd.h"
#include "base/text.h"

int dir_open_at(int dir_fd, const char *path, DIR **ret) {
        _cleanup_fd_ int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *d = fd < 0 ? NULL : fdopendir(fd);

        if (!d)
                return -errno;
        fd = -EBADF; /* it is D's now */
        *ret = d;
        return 0;
}

struct dirent *dir_next(DIR *d) {
        struct dirent *e = readdir(d);

        while (e && (text_eq(e->d_name, ".") || text_eq(e->d_name, "..")))
                e = readdir(d);
        return e;
}
