/*
 * When the system boots and when it shuts down, for the Startup...= settings of
 * systemd.resource-control(5).
 */
#pragma once

#include "supervisor/manager/manager.h"

/* To be called after every event: when the time has begun or ended, values are written anew. */
void startup_turn(Manager *m);
