/*
 * One Exec line: its sandbox, its environment, its process.
 */
#pragma once

#include "supervisor/tools/run/runner.h"

/* Starts COMMAND. Returns 0 with its pid; -ECANCELED with *RET_ENDING when it could not be
 * executed, which was said; -ETIMEDOUT where that took too long, likewise; or another negative
 * errno, said as well. PHASE is the directive's name:
 * "ExecStart". */
int command_start(Runner *r, const Command *command, const char *phase, pid_t *ret_pid,
                  Ending *ret_ending);

/* The plan of a command without starting it, for --explain. */
int command_plan(const Runner *r, const Command *command, const char *phase, Diag *diag, Plan *ret);
