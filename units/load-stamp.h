/*
 * Has a unit changed on disk? A stamp is a fingerprint of the files and directories that a unit is
 * made of: which they are, and inode, size and times of each. Nothing is read, so asking costs a
 * few system calls.
 */
#pragma once

#include "units/load-index.h"

/* The stamp of the unit with these NAMES (its id, then its aliases) as INDEX and the disk have it
 * now. Files that cannot be looked at count as such. Returns 0 or -ENOMEM. */
int load_stamp(const LoadIndex *index, char *const *names, uint64_t *ret);

/* The same of the directories of PATH: it changes when a file or a link comes or goes. */
uint64_t load_stamp_path(const LoadPath *path);
