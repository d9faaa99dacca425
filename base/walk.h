/*
 * What openat2(2) does, one component at a time, for where that call is refused: the filter of
 * RestrictSUIDSGID= answers ENOSYS to it, since no filter sees its arguments. Nothing is weaker
 * here, a walk just costs more.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/* As openat2() with RESOLVE: RESOLVE_NO_SYMLINKS, RESOLVE_IN_ROOT or both are understood; magic
 * links are never followed as such. Returns the fd (O_CLOEXEC) or negative errno. */
int walk_open(int dir_fd, const char *path, int flags, mode_t mode, uint64_t resolve);
