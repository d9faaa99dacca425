/*
 * --explain: what would be done, without doing it.
 */
#pragma once

#include "supervisor/tools/run/runner.h"

/* Prints the plan of each command. Returns the exit status. */
int explain(Runner *r);
