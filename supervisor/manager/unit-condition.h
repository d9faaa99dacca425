/*
 * ConditionX= and AssertX= of a unit, asked when its start begins: systemd.unit(5).
 */
#pragma once

#include "supervisor/manager/manager.h"

/* Do the conditions, or the asserts, of U hold? What does not is said. */
bool unit_condition_hold(Manager *m, const Unit *u, bool asserts);
