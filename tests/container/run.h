/*
 * A container from its first process to its last trace.
 */
#pragma once

#include "tests/container/inside.h"

/* Runs PROGRAM as the first process of a new container, whose control group is GROUP, and removes
 * everything afterwards; SIGTERM, SIGINT and SIGHUP to the caller end the container. Returns the
 * program's exit status, or negative errno after having said what failed. */
int run_container(const Inside *in, const char *group, char *const program[]);
