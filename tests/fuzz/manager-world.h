/*
 * The manager from within, for fuzz targets: real services, engine and records, but no process is
 * made, no control group is touched, and svinit is a socket that is emptied now and then.
 *
 * Each input has a world of its own.
 */
#pragma once

#include "supervisor/manager/service.h"

enum { WORLD_FDS = 8, WORLD_FIRST_ID = 17 };

/* The files of units; once a program. */
void manager_world_prepare(void);

/* Begins, with WORLD_FDS descriptors that svinit kept, from WORLD_FIRST_ID on. RECORDS is where
 * records are. What the control groups say comes from CHANCE. */
Manager *manager_world_begin(const char *records, uint64_t chance);

/* What the manager does after an event. */
void manager_world_turn(Manager *m);

void manager_world_end(Manager *m);

void manager_world_demand(bool truth);
