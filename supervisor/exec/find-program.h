/*
 * Which file a command means, looked up where it will run.
 */
#pragma once

#include <limits.h>

/* PATH is absolute, or a name that the directories in SEARCH (separated by ":") are searched for.
 * Fills RET with an absolute path. -ENOENT, or -EACCES where something is there that may not be
 * executed. */
int find_program(const char *path, const char *search, char ret[static PATH_MAX]);
