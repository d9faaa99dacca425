/*
 * From a request to a runner that knows all that plans are made of.
 */
#pragma once

#include "supervisor/tools/run/runner.h"

/* Returns 0, or the exit status with which svrun ends. Remarks and errors are in RET's Diag, which
 * the caller prints in both cases. */
int prepare_runner(const Request *request, Runner *ret);

/* The same as if root were the caller, wherever that matters to plans: for --explain alone. */
int prepare_for_root(const Request *request, Runner *ret);

/* For _cleanup_, in a process that outlives its runner. */
void prepare_done(Runner *r);
