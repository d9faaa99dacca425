/*
 * What to do without, after an operation failed that the kernel, or what the
 * caller may do, does not allow at all: under Enforce=warn the start is tried
 * again without it, which is said; under Enforce=strict it is the end.
 */
#pragma once

#include "supervisor/sandbox/plan.h"

/* WITHOUT is what a report named. Is that impossible here at all? 0 if it is not (then the failure
 * is one); 1 with the reason (static text) if it is. */
int without_is_needed(const Plan *p, const char *without, bool rootless, const char **ret_reason);

/* Takes what failed out of P with all that depends on it, or, for limits, comes as close as may be.
 * To be asked only after without_is_needed(). Returns 1 with a sentence for people, 0 where nothing
 * was there to take out, or negative errno. */
int without_use(Plan *p, const char *without, const char *reason, char **ret_said);
