/*
 * Detached mounts: what a mount operation brings to its place, ready to be
 * moved there. All return an fd of a mount that is attached nowhere, or
 * negative errno with the reason noted in X.
 */
#pragma once

#include "supervisor/sandbox/apply/apply.h"

/* A copy of the mount at FD, with all mounts below it unless it is not RECURSIVE. */
int mount_source_clone(int fd, const char *name, bool recursive, ApplyContext *x);

/* The bind source PATH of the host. */
int mount_source_bind(const Op *op, ApplyContext *x);

/* A new instance of the file system TYPE; OPTIONS as in fstab(5), or NULL; ATTRIBUTES:
 * MOUNT_ATTR_*. */
int mount_source_new(const char *type, const char *options, uint64_t attributes, ApplyContext *x);
