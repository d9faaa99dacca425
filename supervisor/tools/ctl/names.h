/*
 * The names of units on the command line: completed, and patterns replaced by the units that fit.
 * As with systemctl(1) a pattern finds what the manager has loaded, nothing else.
 */
#pragma once

#include "supervisor/tools/ctl/client.h"
#include "supervisor/tools/ctl/ctl.h"

/* TEXTS, which a NULL ends, as names: first those that are written out, then those that patterns
 * found, each once. Of what patterns find, only units of the types and in the states that S asks
 * for are taken, and those that are down only with --all; that there is none is said, and is no
 * failure. Returns an exit status. */
int names_expand(sd_bus *bus, const CtlSettings *s, char *const *texts, char ***ret);

bool names_is_pattern(const char *text);

/* A row of client_units(): is it up, on its way, failed, or has a job? Yes for all with --all, or
 * where states are asked for. */
bool names_is_worth(json_object *row, const CtlSettings *s);

/* Is the unit NAME of one of TYPES ("service")? Yes for no types. */
bool names_is_of_type(const char *name, char *const *types);
