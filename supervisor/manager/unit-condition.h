/*
 * ConditionX= and AssertX= of a unit, asked when its start begins: systemd.unit(5).
 */
#pragma once

#include "supervisor/manager/manager.h"

/* Do the conditions, or the asserts, of U hold? What does not is said, and
 * all of it told in the unit's story. */
bool unit_condition_hold(Manager *m, Unit *u, bool asserts);
