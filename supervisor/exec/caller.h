/*
 * What the process that makes a sandbox may do itself.
 */
#pragma once

#include "supervisor/sandbox/plan.h"

/* Fills the rows of X about the caller. Without CAP_SYS_ADMIN everything happens in a user
 * namespace. */
void caller_fill(PlanContext *x);
bool caller_is_rootless(void);
