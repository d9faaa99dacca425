/*
 * The settings of a unit as properties: one for each row of the directive table whose type has a
 * shape on the bus (value.h). Names are the directives', but for times, which end in "USec" there.
 */
#pragma once

#include "supervisor/manager/bus/bus-inside.h"

#define SETTING_NAME_MAX 64

/* Rows that share a field are in the property of the first one. */
bool setting_is_property(const Directive *d);
const char *setting_name(const Directive *d, char room[static SETTING_NAME_MAX]);
const char *setting_signature(const Directive *d);

/* "{sv}" of D for the unit of T. */
int setting_append(const BusTarget *t, const Directive *d, sd_bus_message *m);

/* A variant with the value of the property NAME among the rows of SECTIONS: 1, or 0: there is
 * none. */
int setting_append_named(const BusTarget *t, unsigned sections, const char *name,
                         sd_bus_message *m);

/* The row that a client means by the property NAME in SECTIONS, or NULL. */
const Directive *setting_find(unsigned sections, const char *name);
