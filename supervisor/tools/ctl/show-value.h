/*
 * Properties as text, one "NAME=VALUE" a line, as systemctl(1) "show" prints them. What a value
 * means follows from its D-Bus type and, as there, from the property's name.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "base/strbuf.h"

typedef struct ShowStyle {
        bool empty;     /* also what is not set */
        bool bare;      /* the value alone, as it is */
        bool unmasked;  /* no terminal reads it: control characters of values alone stay */
        int time_style; /* CTL_TIME_... */
} ShowStyle;

/* Reads the variant at M, which is that of the property NAME, and appends its lines to TO. Returns
 * 0 or negative errno. */
int show_value(sd_bus_message *m, const char *name, const ShowStyle *style, StrBuf *to);
