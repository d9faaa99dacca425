/*
 * The commands of a unit in their order, systemd.service(5).
 */
#pragma once

#include "supervisor/tools/run/runner.h"

/* Runs the request's command, or all of the unit's, from ExecCondition= to ExecStopPost=. Returns
 * the exit status for svrun. */
int sequence_run(Runner *r);

/* A signal was sent to svrun. A command gets it; a unit is stopped, reloaded, or gets it. */
void sequence_take_signal(Runner *r, int signal);
