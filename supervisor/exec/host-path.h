/*
 * Walking down a path of the host with privileges. A symbolic link is followed
 * only where nobody but root and the caller could have put it: an admin's
 * "/var/log -> /data/log" works, a user's link in a directory of the user's does not, nor one that
 * an admin's link leads to. No path is given to the kernel that has a link in it.
 */
#pragma once

#include <limits.h>
#include <sys/types.h>

#include "base/macro.h"

typedef struct HostPath {
        int root_fd;             /* what "/" and absolute links mean */
        int fd;                  /* the directory reached so far, O_PATH */
        char *path;              /* all of it; links in what was walked are replaced */
        size_t end;              /* behind NAME in PATH */
        char name[NAME_MAX + 1]; /* the next component, in FD; "" for "/" */
        unsigned links;          /* followed so far */
} HostPath;

#define HOST_PATH_INIT \
        { .root_fd = -EBADF, .fd = -EBADF }

void host_path_done(HostPath *p); /* for _cleanup_ */

/* Stands at the beginning of PATH (absolute, normalised: else -EINVAL) below the directory ROOT. */
int host_path_begin(const char *root, const char *path, HostPath *ret);

bool host_path_is_last(const HostPath *p);

/* Enters the directory that the next component names. Returns 0 or negative errno: -ENOENT,
 * -ENOTDIR, -ELOOP for a link that nobody vouches for; then P is as before. */
int host_path_enter(HostPath *p);

/* Makes the next component, a directory of mode 0755 whatever the umask, if it is missing. Returns
 * 1 when it was, 0 when something is there. */
int host_path_make(HostPath *p);

/* Enters all components but the last; with MAKE, missing ones are made. */
int host_path_to_last(HostPath *p, bool make);

/* What holds the next component as the kernel knows it, without links: a new string. */
int host_path_real(const HostPath *p, char **ret);

/* Can nobody but root and the caller change the entries of the directory FD? */
bool host_path_is_trusted(int fd);
