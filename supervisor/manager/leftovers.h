/*
 * What runs have left on the host whose svexec, and the manager that knew of it, died: when a
 * manager begins, one "svexec --finish" without a run removes it.
 */
#pragma once

#include "supervisor/manager/manager.h"

void leftovers_begin(Manager *m);

/* PID has ended. Returns whether it was that process. */
bool leftovers_ended(Manager *m, pid_t pid);
