/*
 * The variables that every service gets besides its own: systemctl(1), "set-environment". A service
 * that sets one itself has its own value.
 */
#pragma once

#include "supervisor/manager/manager.h"

enum { MANAGER_ENVIRONMENT_MAX = 64 * 1024 }; /* bytes, of all together */

/* What an earlier manager was told. */
int manager_environment_restore(Manager *m);

/* Without the variables in UNSET, names or exact assignments, and with those of SET. It is on disk
 * before it counts. Returns 0, -E2BIG or negative errno. */
int manager_environment_change(Manager *m, char *const *unset, char *const *set);
