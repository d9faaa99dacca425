/*
 * Id-mapped mounts, mount_setattr(2): one owner on disk, another one in the
 * mount. So the files of a dynamic user never carry an id that somebody else
 * may get later.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/* A detached mount of the directory DIR_FD, in which what belongs to nobody (65534) on disk belongs
 * to UID and GID, and the other way round; all other owners show as nobody. Returns its fd, or
 * negative errno. */
int id_map_mount(int dir_fd, uid_t uid, gid_t gid);

/* Does that ERROR mean that kernel or file system cannot do it at all? */
bool id_map_is_refusal(int error);

#define ID_MAP_NOBODY 65534
