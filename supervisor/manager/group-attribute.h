/*
 * The settings of systemd.resource-control(5) that are attributes of a control group.
 */
#pragma once

#include "supervisor/manager/group.h"
#include "supervisor/manager/unit.h"
#include "units/config.h"

/* Writes what C sets to the group PATH of U. What this system cannot do is said; it is an error
 * under Enforce=strict: -EOPNOTSUPP. */
int group_attribute_set_all(const GroupTree *t, const char *path, const Config *c, const Unit *u);
