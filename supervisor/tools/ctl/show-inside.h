/*
 * What the files that print properties share: a value is made as text, and becomes a line here, so
 * that nothing in it can end the line or steer a terminal.
 */
#pragma once

#include "supervisor/tools/ctl/show-value.h"

typedef struct Show {
        const char *name; /* of the property */
        const ShowStyle *style;
        StrBuf *to;
} Show;

void show_value_line(const Show *s, const char *text);

/* A value that may be empty, and is then mostly not worth a line. */
void show_value_text(const Show *s, const char *text);

/* The same of what was put together; 0 or -ENOMEM. */
int show_value_taken(const Show *s, StrBuf *value);

/* Between two items of a list in one line. */
void show_value_space(StrBuf *b);

/* Reads a structure, or a list of such, at M. Returns 0, negative errno, or 1: SIGNATURE is none
 * that is known. */
int show_structure(const Show *s, const char *signature, sd_bus_message *m);
