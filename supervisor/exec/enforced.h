/*
 * What a unit says and nobody acts on: in this version, or without a manager.
 */
#pragma once

#include "units/config.h"

/* Walls that were asked for and are not there: an error where STRICT (-EOPNOTSUPP), else a warning.
 * What svmanager applies is nobody's business under it (MANAGED), and missing without it. */
int enforced_check(const Config *c, bool managed, bool strict, Diag *diag);
