/*
 * Symbolic links to the directories of a unit, and the moves between
 * /var/lib/NAME and /var/lib/private/NAME when DynamicUser= was switched: systemd.exec(5),
 * "RuntimeDirectory=".
 */
#pragma once

#include "supervisor/exec/host-path.h"
#include "supervisor/exec/host.h"
#include "supervisor/sandbox/plan.h"

/* Makes the links of OP, which go with the directory if that does (then under the lock of the runs
 * directory). One that is there already is fine; anything else in its place is an error that DIAG
 * explains. */
int host_link_make(Host *h, const Op *op, Diag *diag);

/* DynamicUser= was switched on: the directory that stands where OP's first link belongs moves to P
 * if nothing is there. */
int host_link_move_in(const Op *op, const HostPath *p, Diag *diag);

/* DynamicUser= was switched off: what P's link into "private" leads to takes the place of the link.
 * Returns 1 if so, 0 when P is no such link. */
int host_link_move_out(const Op *op, const HostPath *p, Diag *diag);
