/*
 * Mounts and swap spaces: units that are up while the kernel says so, whoever made them. The kernel
 * tells of changes by the files /proc/self/mountinfo and /proc/swaps; both are small, and read
 * anew.
 *
 * Beside another process 1 the mounts of the machine are that one's business: then only units that
 * somebody asked for are followed, and no others are made.
 */
#pragma once

#include "supervisor/manager/mount-table.h"
#include "supervisor/manager/service.h"

/* Reads both files and begins to watch them. Returns 0 or negative errno, which was said. */
int place_begin(Manager *m);

/* Tells all units what is there and what is not. */
void place_follow(Manager *m);

/* Reads the file of that type again. */
const MountTable *place_read(Manager *m, UnitType type);

/* As last read. */
const MountTable *place_table(const Manager *m, UnitType type);

/* The entry of a mount unit, as last read; NULL: it is not mounted. */
const MountEntry *place_of(const Manager *m, const Unit *u);

/* The path that the unit is named by; a new string, NULL: there is none. */
char *place_path(const Unit *u);
