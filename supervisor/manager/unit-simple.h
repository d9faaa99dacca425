/*
 * Types of units that have no processes: a target is a name for others (systemd.target(5)), a slice
 * a control group around others (systemd.slice(5)).
 */
#pragma once

#include "supervisor/manager/manager.h"

extern const UnitOps unit_simple_target_ops, unit_simple_slice_ops;

/* Types that this manager cannot run: their jobs end as "unsupported". */
extern const UnitOps unit_simple_unsupported_ops;
