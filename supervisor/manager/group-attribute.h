/*
 * The settings of systemd.resource-control(5) that are attributes of a control group.
 */
#pragma once

#include "supervisor/manager/group.h"
#include "supervisor/manager/unit.h"
#include "units/config.h"

/* Writes what C, the settings of U, says to the control group PATH of U. What cannot be had is said
 * in DIAG: an error under Enforce=strict (-EOPNOTSUPP), else a warning. Returns how many settings
 * have taken effect. */
int group_attribute_apply(const GroupTree *t, const char *path, const Config *c, const Unit *u,
                          Diag *diag);

/* The same, said in the log. Returns 0 or negative errno. */
int group_attribute_set_all(const GroupTree *t, const char *path, const Config *c, const Unit *u);

/* Does C have values for the time of booting and shutting down? */
bool group_attribute_has_startup(const Config *c);
