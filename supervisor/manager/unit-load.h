/*
 * One unit from its files: its settings and the dependencies that they declare, explicit, implicit
 * and by default.
 */
#pragma once

#include "supervisor/manager/registry.h"
#include "units/config.h"

/* Loads U, which has no dependencies of its own at this point; the units that it mentions are made
 * in R. Sets its load state. A unit that cannot be loaded is no error: DIAG says what is wrong.
 * Returns 0 or -ENOMEM. */
int unit_load(Registry *r, Unit *u, Diag *diag);

/* All settings of U, read from its files again into C, which must be config_init()ed. Returns 0 or
 * what units/load.h says. */
int unit_load_config(const Registry *r, const Unit *u, Diag *diag, Config *c);

/* A drop-in that does not exist yet. */
typedef struct UnitDropin {
        char *name; /* "50-Nice.conf" */
        char *text;
} UnitDropin;

/* Would U be a unit with N more drop-ins (in place of those of the same names)? Returns 0, or
 * negative errno with an explanation in DIAG. */
int unit_load_check(const Registry *r, const Unit *u, const UnitDropin *dropins, size_t n,
                    Diag *diag);
