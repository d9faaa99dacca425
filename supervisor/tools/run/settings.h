/*
 * From the command line and unit files to one Config.
 */
#pragma once

#include "supervisor/tools/run/request.h"
#include "units/config.h"
#include "units/specifier.h"

typedef struct Settings {
        Config config;
        char *unit_name; /* "foo.service"; for commands "run-COMMAND.service" */
        char *fragment;  /* the unit's main file; NULL: none */
        bool strict;     /* Enforce= */
} Settings;

void settings_done(Settings *s); /* for _cleanup_ */

/* CALLER says who runs svrun, as specifiers tell it; the unit is not known yet. Returns 0, or a
 * negative errno with what is wrong in DIAG. */
int settings_load(const Request *r, const SpecifierContext *caller, Diag *diag, Settings *ret);

/* Says in DIAG which of the assigned directives are the supervisor's business. */
void settings_note_supervision(const Settings *s, Diag *diag);
