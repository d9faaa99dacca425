/*
 * The unit load path of systemd.unit(5): the directories in which unit files are looked for, the
 * first that has one wins. Ours stand before systemd's at each level, so that a unit can be made
 * different for this supervisor without touching what the distribution ships.
 *
 * With a root directory everything is seen as from within it: symbolic links cannot lead out.
 */
#pragma once

#include "base/diag.h"
#include "base/macro.h"

typedef struct LoadPath {
        int root_fd; /* O_PATH; all paths are opened beneath it with fd_open_in_root() */
        char *root; /* what people call it: "" for the machine's own, else without "/" at the end */
        char **directories; /* absolute within the root, each once, the first wins */
} LoadPath;

#define LOAD_PATH_EMPTY           \
        (LoadPath) {              \
                .root_fd = -EBADF \
        }

/* ROOT may be NULL, for "/". ENVIRONMENT is the value of SYSTEMD_UNIT_PATH or NULL: directories
 * with ":" between that replace the ordinary ones, or come before them when it ends in ":". Returns
 * 0, -ENOMEM or what opening ROOT returned, which DIAG explains. */
int load_path_init(LoadPath *ret, const char *root, const char *environment, Diag *diag);
void load_path_done(LoadPath *p); /* for _cleanup_ */

/* PATH, which is absolute within the root, as people outside of it write it; a new string. */
int load_path_show(const LoadPath *p, const char *path, char **ret);
