/*
 * Where units have their control groups, pure: systemd.slice(5).
 */
#pragma once

#include "supervisor/manager/unit.h"

/* "a.slice/a-b.slice/x.service", "system.slice/x.service"; of a slice its own. A new string.
 * Returns 0 or negative errno. */
int group_path_of(const Unit *u, char **ret);
