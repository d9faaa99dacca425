/*
 * Scope units: systemd.scope(5). A scope holds processes that somebody else has started, in a
 * control group of its own; it begins when they are moved there, and ends with the last of them.
 */
#pragma once

#include "supervisor/manager/service.h"

/* The processes that the next start of U takes over, instead of others that were named before:
 * numbers with blanks between. Part of its record. Returns 0 or -ENOMEM. */
int scope_take_processes(Service *s, const char *pids);

/* Nobody looks after the scope any more; its processes stay. -ESRCH: it is not up. */
int scope_abandon(Service *s);
