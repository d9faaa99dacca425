/*
 * A sysfs that shows the devices of a new network namespace: systemd.exec(5), "PrivateNetwork=".
 * What is mounted below the host's, which may also be there to hide something, comes along, and so
 * does "read-only".
 */
#pragma once

#include "supervisor/sandbox/apply/apply.h"

typedef struct Sysfs {
        struct Submount *items;
        size_t n;
} Sysfs;

void sysfs_done(Sysfs *s); /* for _cleanup_ */

/* A detached mount for OP, whose SOURCE is the host's sysfs: a new instance, or, where the kernel
 * gives none to a caller like us, a copy of the host's. To be called before the view changes.
 * Returns the fd or negative errno: -ENOENT where SOURCE is no sysfs. */
int sysfs_prepare(Sysfs *s, const Op *op, ApplyContext *x);

/* Mounts in TREE, which is attached already, what was mounted in the host's. */
int sysfs_fill(const Sysfs *s, int tree, ApplyContext *x);
