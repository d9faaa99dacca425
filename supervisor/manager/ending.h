/*
 * How the system ends, and what signals of systemd(1) ask for: both lead to a target of
 * systemd.special(7), and from the last of those to svinit.
 */
#pragma once

#include "supervisor/manager/manager.h"

/* Ends the system at once, without jobs; what else there is to say about a reboot goes along.
 * Returns 0 or negative errno. */
int ending_final(Manager *m, InitAction action, int status);

/* A signal that svinit got. */
void ending_signal(Manager *m, int number);

/* U has become active: is it one that ends the system? */
void ending_unit_up(Manager *m, const Unit *u);

/* FailureAction= and its kin, systemd.unit(5). EXIT_STATUS may be negative: none is named. */
void ending_action(Manager *m, const Unit *u, EmergencyAction action, int exit_status,
                   const char *reason);
