/*
 * What clients of the bus set, as lines of unit text: there is no other way for a setting to get to
 * a unit.
 */
#pragma once

#include "supervisor/manager/bus/bus-inside.h"

/* Reads a variant for the row D and adds "Name=value" lines to TO, which are not checked yet. NAME
 * is the property's. Returns 0, -EOPNOTSUPP for a shape that is not known, or negative errno. */
int property_text_read(const Directive *d, const char *name, sd_bus_message *m, StrBuf *to);

/* Is each line of TEXT one of D's? A line end in a value would be another line, and a backslash
 * before one none. */
int property_text_check(const Directive *d, const char *text, Diag *diag);
