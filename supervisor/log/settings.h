/*
 * log.conf: what may be kept, and where. A plain INI file with one section, [Log]. What is wrong in
 * it is said and left out: a log with the defaults is better than none.
 */
#pragma once

#include "base/diag.h"
#include "supervisor/log/rate-limit.h"
#include "supervisor/log/store.h"

typedef struct LogSettings {
        bool persistent; /* Storage=persistent */
        bool read_kernel;
        StoreLimits volatile_limits;
        StoreLimits persistent_limits;
        RateLimit rate;
} LogSettings;

void settings_default(LogSettings *s);

/* The file at PATH over what S has; a missing one changes nothing. */
void settings_load(LogSettings *s, const char *path, Diag *diag);

/* The same for a TEXT that was read from FILE. */
void settings_parse(LogSettings *s, const char *file, const char *text, Diag *diag);
