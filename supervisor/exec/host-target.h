/*
 * OP_MAKE_TARGET: places to mount on that do not exist on the host, since a
 * mount needs something that it can cover. They go again when the run is over.
 */
#pragma once

#include "supervisor/exec/host.h"

/* Makes what OPS[I], one of the N merged mounts of a plan, is to be mounted on: on the host, in the
 * new root, or in the source of the bind that it lies in. What lies in a new file system of the
 * plan is made there, later. A file cannot be mounted on a directory that is there, nor the
 * reverse. Errors are in DIAG. */
int host_target_make(Host *h, const Op *ops, size_t n, size_t i, Diag *diag);
