/*
 * A bus with the real engine behind it and units that are no processes: svinit, svexec and control
 * groups are not needed to ask what the bus promises.
 *
 * A unit starts and stops at once; one whose name begins with "slow" takes a while, with "stuck"
 * for ever, with "fail" fails. There is one such world in a program at a time.
 */
#pragma once

#include <stdio.h>

#include "supervisor/manager/bus/bus.h"

typedef struct BusWorldSetup {
        const char *units; /* the load path */
        const char *socket, *settings;
        gid_t readers; /* whose members may look; 0: none */
        FILE *told;    /* what the manager is asked to do, a line each; NULL: is not said */
} BusWorldSetup;

/* Begins, in a loop of its own. 0 or negative errno, of which DIAG tells more. */
int bus_world_begin(const BusWorldSetup *setup, Diag *diag, sd_event **ret);
void bus_world_end(void);
