/*
 * "chown -R" for directories whose content others wrote: no link is followed
 * and no other mount is entered.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/* Gives the directory FD (readable) and all that is below to UID and GID. The directory itself
 * comes last: while it has its old owner, the work is not done. Files that have another name, too,
 * are left alone unless they were the old owner's: then 1 is returned, else 0. Ends at the first
 * error; -ENAMETOOLONG: deeper than 200 directories. */
int chown_tree_fd(int fd, uid_t uid, gid_t gid);
