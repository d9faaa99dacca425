/*
 * What to do without, after an operation failed that the kernel, or what the
 * caller may do, does not allow at all: under Enforce=warn the start is tried
 * again without it, which is said once; under Enforce=strict it is the end.
 */
#pragma once

#include "supervisor/exec/launch.h"
#include "supervisor/tools/run/runner.h"

/* Changes P so that the start can be tried again: what failed is taken out, with all that depends
 * on it, or, for limits, comes as close as it may. False where it must not be tried again. */
bool fallback_use(Runner *r, Plan *p, const LaunchFailure *f);
