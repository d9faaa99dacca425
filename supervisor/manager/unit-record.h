/*
 * The records of units, one file each in MANAGER_RUN_DIRECTORY/units: what the next manager goes on
 * from. A unit that is down, has no job and nothing to remember has none.
 */
#pragma once

#include "supervisor/manager/manager.h"

/* Writes, or removes, the file of U below the directory FD. Returns 0 or negative errno. */
int unit_record_save(int fd, const Unit *u);

/* Makes the units that have records, with states, jobs and their types' data. What cannot be read
 * is said and passed over. Returns 0 or -ENOMEM. */
int unit_record_load_all(Manager *m);
