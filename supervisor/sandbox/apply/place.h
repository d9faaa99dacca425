/*
 * Places to mount on: found without ever leaving the root of the view, and
 * with every symbolic link resolved beforehand, so that a link that appears
 * in between is an error and not a detour.
 */
#pragma once

#include "supervisor/sandbox/apply/apply.h"

/* Replaces OP's path by where it leads, and opens that as OP's place. -ENOENT: it is missing and
 * may be; other errors are noted in X. */
int place_resolve(int root_fd, Op *op, ApplyContext *x);

/* An O_PATH fd of OP's path, which must hold no link any more; or negative errno. */
int place_find(int root_fd, const Op *op);

/* The same, but errors are those of place_resolve(). */
int place_expect(int root_fd, const Op *op, ApplyContext *x);

/* Makes OP's path, with the directories above it, where it is missing: a file if TREE (a mount, or
 * -EBADF) is of a file, else a directory. Returns 0 or negative errno. */
int place_make(int root_fd, const Op *op, int tree);
