/*
 * The control group of a container: a child of the root of the host's unified hierarchy, wherever
 * that is mounted. The host's own mounts and groups stay as they are.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/* Where the group of the container NAME is, in a new string. Returns 0 or negative errno; -ENOENT:
 * the host has no unified hierarchy. */
int group_path(const char *name, char **ret);

/* Makes the group, and opens it. What a killed container left in its place is removed; -EBUSY: it
 * lives. Returns the fd or negative errno. */
int group_make(const char *path);

/* Ends all processes in the group and below, waits for that, and removes the groups. What is gone
 * already is fine. Returns 0 or negative errno. */
int group_remove(const char *path);

/* The process that is the container's first, as the host numbers it: noted at the group while the
 * container is ready to be entered. The latter returns negative errno when there is none. */
int group_note_first(const char *path, pid_t pid);
pid_t group_first(const char *path);

/* Moves the calling process to the group in which PID is. Returns 0 or negative errno. */
int group_join(const char *path, pid_t pid);
