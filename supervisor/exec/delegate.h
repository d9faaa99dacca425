/*
 * Delegate=: the unit's control group becomes its user's, as far as the kernel allows that:
 * systemd.resource-control(5), and "Delegation: Less Privileged Users" of the kernel's
 * cgroup-v2.rst.
 */
#pragma once

#include "supervisor/sandbox/identity.h"
#include "units/config.h"

/* Hands the group with the directory FD to who the unit runs as. Returns 0 or negative errno, and
 * DIAG says what failed. */
int delegate_group(const Config *c, const Identity *who, int fd, Diag *diag);
