/*
 * What svrun itself does while a runner works in a process of its own: it keeps
 * the caller's terminal and passes signals on.
 */
#pragma once

#include "supervisor/tools/run/request.h"

/* Runs REQUEST. Returns the exit status. */
int attend(const Request *request);
