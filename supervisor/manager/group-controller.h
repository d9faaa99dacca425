/*
 * Controllers of control groups: which of them a unit may have, Delegate= and DisableControllers=.
 */
#pragma once

#include "supervisor/manager/group.h"
#include "supervisor/manager/unit.h"
#include "units/config.h"

enum { GROUP_REASON_MAX = 256 };

/* Lets the group PATH of U use CONTROLLER. Returns 0, or -ENOENT, and REASON (if it is not NULL)
 * says why it cannot be had. */
int group_controller_enable(const GroupTree *t, const char *path, const Unit *u,
                            const char *controller, char *reason);

/* Delegate=: the same for those that it names, or all that there are. As group_attribute_apply().
 */
int group_controller_delegate(const GroupTree *t, const char *path, const Unit *u, const Config *c,
                              Diag *diag);

/* DisableControllers= of a slice that is set up: what is below loses them. */
void group_controller_disable(const GroupTree *t, const char *path, const Config *c);
