/*
 * A further command in a container that runs.
 */
#pragma once

#include <sys/types.h>

/* Runs COMMAND beside FIRST, the container's first process, in all its namespaces and in its
 * control group, which is below GROUP. Returns its exit status, or negative errno when it was not
 * started. */
int enter_run(const char *group, pid_t first, char *const command[]);

/* Becomes COMMAND, with the environment that everything in a container starts with. Says what is
 * wrong and exits with 126 or 127, as a shell does, when that fails. */
void enter_become(char *const command[]) __attribute__((noreturn));

/* The exit status that stands for what waitpid() tells: that of the process, or 128 + N for signal
 * N. */
int enter_status(int status);
