/*
 * What a unit's settings say about other units: the directives of systemd.unit(5), the links in its
 * ".wants/" and kindred directories, and the "Implicit Dependencies" and "Default Dependencies" of
 * the manual pages of each type.
 */
#pragma once

#include "supervisor/manager/registry.h"
#include "units/config.h"

/* Declares them all for U, which is loaded; fills its slice and requires_mounts_for. Returns 0 or
 * -ENOMEM; what makes no sense is said in DIAG and passed over. */
int unit_depend(Registry *r, Unit *u, const Config *c, Diag *diag);

/* U declares KINDS towards NAME; a template's name is given the instance of U. For unit-imply.c. */
int unit_depend_on(Registry *r, Unit *u, DependencySet kinds, const char *name);

/* unit-imply.c: the implicit and the default dependencies */
int unit_imply(Registry *r, Unit *u, const Config *c);
