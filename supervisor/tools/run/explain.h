/*
 * --explain: what would be done, without doing it.
 */
#pragma once

#include "supervisor/tools/run/request.h"

/* Prints the plan of each command. Returns the exit status. */
int explain(const Request *request);
