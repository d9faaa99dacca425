/*
 * --explain: what would be done, without doing it.
 */
#pragma once

#include "supervisor/tools/run/request.h"

/* Prints the plan of each command: the caller's, or, where that is refused, which is said, root's.
 * Returns the exit status. */
int explain(const Request *request);
