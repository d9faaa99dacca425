/*
 * What there is to say about a process besides its number.
 */
#pragma once

#include <sys/types.h>

/* Its command line, as people read it, or "[name]" where it has none: a new string; NULL: it has
 * ended. */
char *process_command(pid_t pid);
