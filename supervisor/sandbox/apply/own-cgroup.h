/*
 * The control group of version 2 that this process is in.
 */
#pragma once

#include "base/macro.h"

/* Its path in the file system. -ENOENT where no hierarchy of version 2 is mounted, or where the one
 * that is mounted does not show our group. */
int own_cgroup_path(char **ret);

/* Its directory, opened; or negative errno. */
int own_cgroup_open(void);
