/*
 * "rm -r" for directories that others write to: no symbolic link is followed,
 * no other mount is entered, and whoever changes the tree meanwhile can make it
 * fail, but never make it remove something else.
 */
#pragma once

#include "base/macro.h"

/* Removes the directory NAME (one component) of DIR_FD with all that is below. What is gone already
 * is fine. Goes on after an error and returns the first: -ENOTDIR when NAME is no directory,
 * -EBUSY when it is a mount point or holds one. */
int remove_tree_at(int dir_fd, const char *name);
