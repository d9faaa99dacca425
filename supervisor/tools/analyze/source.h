/*
 * Where the verbs take units from: a name is looked up in the load path, and
 * what contains a slash is a file.
 */
#pragma once

#include "supervisor/tools/analyze/analyze.h"
#include "units/load.h"
#include "units/specifier.h"

typedef struct Source {
        LoadPath path;
        LoadIndex *index; /* made when the first name is looked up */
} Source;

/* "--root=" and SYSTEMD_UNIT_PATH are honoured. Returns 0, or negative errno and DIAG says why. */
int source_open(Source *s, const AnalyzeSettings *settings, Diag *diag);
void source_close(Source *s); /* for _cleanup_ */

/* Loads what ARGUMENT means: "foo" is "foo.service". That there is no such unit is an error here.
 * The "file" of DIAG is ARGUMENT meanwhile. Returns 0 or negative errno. */
int source_load(Source *s, const char *argument, Diag *diag, LoadedUnit *ret);

/* For reading U's values. A template is looked at as if it was started for "instance": NAME keeps
 * the name for that, and belongs to the caller. Returns 0 or -ENOMEM. */
int source_specifiers(const Source *s, const LoadedUnit *u, char **name, SpecifierContext *ret);
