/*
 * The control group of a run: "svrun-ID" below the caller's own. It ends whatever the run
 * started, however that forked and whoever lived to wait for it, and carries its device policy.
 */
#pragma once

#include "supervisor/exec/host.h"

/* Makes and records it; H->cgroup_fd is its directory. Returns 0 (also when it is there already),
 * or negative errno where none can be had: no hierarchy of version 2, no right to write there. */
int host_cgroup_make(Host *h);

/* Kills all processes in it and in the groups below: no fork escapes. False, and nothing done,
 * without one. */
bool host_cgroup_kill(const Host *h);

/* The same for the group NAME in DIR_FD, which is removed then, with all groups below. What is gone
 * already is fine. WAIT a while for processes that are about to end, or tell at once that it is
 * busy. */
int host_cgroup_remove(int dir_fd, const char *name, bool wait);
