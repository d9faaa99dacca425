/*
 * Control groups without processes, cgroups(7), and whatever groups somebody has made in them.
 */
#pragma once

#include "base/macro.h"

/* Removes all groups below the one that DIR_FD is open on, which stays. Returns 0, -EBUSY: there
 * are processes in one of them, or somebody makes new ones all the time; or negative errno. */
int remove_groups_below(int dir_fd);
