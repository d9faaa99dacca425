/*
 * What busctl(1) shows of an object: its interfaces as the D-Bus specification writes them.
 */
#pragma once

#include "supervisor/manager/bus/bus-inside.h"

/* Answers Introspect() on PATH; 0: there is no such object. */
int introspect_reply(Bus *b, const char *path, sd_bus_message *m, sd_bus_error *e);
