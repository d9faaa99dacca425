/*
 * Settings that are told together with what came of them: the commands of a service with pid, times
 * and status of the last time that each was run, and conditions with whether they held.
 */
#pragma once

#include "supervisor/manager/bus/bus-inside.h"

/* Is D, which has a signature (value.h), one of these? */
bool outcome_has(const Directive *d);

/* FIELD, of D's type, for the unit of T. */
int outcome_append(const BusTarget *t, const Directive *d, const void *field, sd_bus_message *m);
