/*
 * File descriptors: they close themselves, and none leaks into a child.
 */
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"

static inline void fd_close(int fd) {
        if (fd >= 0)
                close(fd);
}
static inline void fd_closep(int *fd) {
        fd_close(*fd);
}
#define _cleanup_fd_ _cleanup_(fd_closep)

/* Opens PATH beneath DIR_FD (AT_FDCWD and an absolute path are fine) and follows no symbolic link
 * in any component. FLAGS as for open(); O_CLOEXEC is added. Returns the fd or negative errno. */
int fd_open_nofollow(int dir_fd, const char *path, int flags, mode_t mode);

/* The same, with symbolic links resolved as if ROOT_FD were "/": nothing above it is reached. */
int fd_open_in_root(int root_fd, const char *path, int flags);

/* Both at once: PATH stays below ROOT_FD, and a symbolic link in it is an error (-ELOOP). */
int fd_open_in_root_nofollow(int root_fd, const char *path, int flags);

/* Moves FD above the standard streams, so that setting those up cannot overwrite it. Returns the
 * new fd (FD itself when it is already above) and closes the old one. */
int fd_move_above_stdio(int fd);

/* Opens /dev/null for each of the fds 0, 1 and 2 that is closed, so that no file gets such a number
 * by accident. Where there is no /dev/null, a pipe that nobody reads takes its place. */
int fd_fill_stdio(void);

/* Closes every fd from LOWEST on, except the N in KEEP (which gets sorted). */
int fd_close_all_from(int lowest, int keep[], size_t n);

/* Writes all N bytes, across short writes and EINTR. Returns 0 or negative errno. */
int fd_write_all(int fd, const void *data, size_t n);

/* "/proc/self/fd/N": room for the longest number. */
#define FD_PROC_PATH_MAX sizeof("/proc/self/fd/-2147483648")
const char *fd_proc_path(int fd, char ret[static FD_PROC_PATH_MAX]);
