/*
 * Settings whose text is a list of words and whose property is a list of structures: devices,
 * networks, sets of processors. "DeviceAllow=/dev/null rw" is ("/dev/null", "rw") on the bus.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "units/directive.h"

/* Of the property of D; NULL: it is none of these. */
const char *value_structure_signature(const Directive *d);

/* WORDS as the property's value. A word without a counterpart is left out. */
int value_structure_append(const Directive *d, char *const *words, sd_bus_message *m);

/* The reverse, as words that the directive would understand; what is wrong with them is for the
 * directive to say. Returns 0, -EINVAL for what no word can say, or negative errno. */
int value_structure_read(const Directive *d, sd_bus_message *m, char ***ret);
