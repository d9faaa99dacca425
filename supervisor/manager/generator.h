/*
 * Unit files that are made at run time from other configuration: today from /etc/fstab. They lie in
 * a directory of the load path that is ours alone, and are written anew when they differ, so that a
 * manager that dies half-way leaves nothing that the next one does not put right.
 */
#pragma once

#include "supervisor/manager/manager.h"

#define GENERATOR_DIRECTORY "/run/svalinn/generator"

/* Makes the directory be what /etc/fstab says, where it is in the load path and the machine is
 * ours. What is wrong is said. Returns whether anything changed, or negative errno. */
int generator_run(Manager *m);
