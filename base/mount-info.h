/*
 * Where something is mounted: /proc/self/mountinfo, proc(5), read from its end,
 * so that what lies on top comes first. Allocates nothing.
 */
#pragma once

#include "base/macro.h"

/* The mount point on the last line of TEXT before *N, its escapes undone; *N becomes the beginning
 * of that line. Lives in TEXT, which gets changed. NULL: there is none any more. */
char *mount_info_last(char *text, size_t *n);

/* Undoes, in place, the octal escapes of the kernel's tables and of fstab(5): "\040" is a blank. */
void mount_info_unescape(char *s);
