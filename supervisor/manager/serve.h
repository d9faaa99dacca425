/*
 * The manager's side of the bus (bus/bus.h): what it tells of units, and what it does when a client
 * asks.
 */
#pragma once

#include "supervisor/manager/manager.h"

/* Beside another process 1, whose socket /run/systemd/private is. */
#define SERVE_PATH_ADJACENT "/run/svalinn/private"

/* Opens the bus, with the socket that an earlier manager left with svinit. Without a bus the
 * manager works on: that is said, and m->bus stays NULL. */
void serve_begin(Manager *m);

/* Where transient units are. Their files go with them. */
#define SERVE_TRANSIENT "/run/svalinn/transient"
bool serve_is_transient(const Unit *u);

/* Removes those that no unit is of; for a manager that knows what there is. */
void serve_sweep(Manager *m);
