/*
 * Which unit does a process belong to? The kernel's answer, the control group, counts; what a
 * sender claims about itself counts only where it is root and the group names no unit, as for a
 * supervisor that speaks of others.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"
#include "units/unit-name.h"

/* The supervisor's own group, below which all units have theirs: "" or "/a/b". Found from our own
 * place in it, which is the root, slices, and our unit. */
#define ORIGIN_ROOT_MAX 1024
void origin_find_root(char ret[static ORIGIN_ROOT_MAX]);

/* The unit that the group PATH ("/system.slice/a.service/sub") stands for below ROOT: the first
 * part that is no slice, since what is below that is the unit's own to name. "" for none, and for
 * "init.scope", in which supervisors live. Pure. */
void origin_unit_of_path(const char *path, const char *root, char ret[static UNIT_NAME_MAX]);

/* The unit of a process. "" as well when it is gone. */
void origin_unit_of_pid(pid_t pid, const char *root, char ret[static UNIT_NAME_MAX]);
