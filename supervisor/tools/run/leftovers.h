/*
 * Processes that a unit leaves behind. The caller is a sub-reaper, so all that
 * the unit ever started are its descendants, however often they forked.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/* Sends SIGNAL to every descendant but EXCEPT (0: none). Returns how many there were, or negative
 * errno where /proc cannot be read. */
int leftovers_signal(int signal, pid_t except);

/* Sends SIGNAL to PID if that is a descendant: never to whoever got its number after it. Returns
 * how many there were, 0 or 1, or negative errno. */
int leftovers_signal_one(int signal, pid_t pid);

/* Is PID a descendant? */
bool leftovers_has(pid_t pid);

/* The one child that there is; 0 when there are none or several. */
pid_t leftovers_only_child(void);

/* Kills until nothing is left, and reaps it. KILLED: all but what left its control group has been
 * told to end, so that it is given a moment before anything is looked for. */
void leftovers_kill(bool killed);
