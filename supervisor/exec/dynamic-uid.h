/*
 * Whose id is this? Each id of a dynamic user in use has a file named after
 * it, which holds the user's name and is locked by all runs of that user.
 */
#pragma once

#include "supervisor/exec/host.h"

/* Locks an id for the user NAME: the one that living runs of NAME have, or the first candidate that
 * nobody has. Returns 0, -EBUSY when all are taken, or another negative errno. */
int dynamic_uid_claim(Host *h, const char *name, uid_t *ret);

/* Takes the lock file NAME of DIR_FD away if nobody but OWN_FD (may be -EBADF) uses it. */
int dynamic_uid_release(int dir_fd, const char *name, int own_fd);
