/*
 * What the types of the directive table look like on the bus: systemd's signature for each.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "units/directive.h"

/* NULL: this row has no property (lists with a structure of their own, sockets and timers). */
const char *value_signature(const Directive *d);

/* FIELD, of D's type, with that signature; not for those of outcome.h. */
int value_append(const Directive *d, const void *field, sd_bus_message *m);
