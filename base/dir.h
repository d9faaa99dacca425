/*
 * Looking through a directory that an fd is open on. The fd stays the
 * caller's, and so does its position.
 */
#pragma once

#include <dirent.h>

#include "base/macro.h"

/* For _cleanup_. */
static inline void dir_closep(DIR **d) {
        if (*d)
                closedir(*d);
}

/* PATH below DIR_FD; "." is DIR_FD itself, from its beginning. Returns 0 or negative errno. */
int dir_open_at(int dir_fd, const char *path, DIR **ret);

/* The next entry but "." and ".."; NULL at the end. Valid until the next call. */
struct dirent *dir_next(DIR *d);
