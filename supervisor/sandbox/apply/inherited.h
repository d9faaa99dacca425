/*
 * What the caller of the supervisor may have left in the process, and what no
 * directive asks for: gone before the plan is applied.
 */
#pragma once

#include "base/macro.h"

/* Empties the inheritable set of capabilities(7): at execve() it would become permitted to a
 * program of root or with file capabilities, whatever the bounding set says. Returns 0 or negative
 * errno. */
int inherited_drop_capabilities(void);
