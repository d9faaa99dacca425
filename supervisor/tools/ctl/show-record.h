/*
 * A record for people, "Nov 24 22:42:10 UNIT IDENTIFIER[PID]: MESSAGE" in local time, or as one
 * line of JSON for programs.
 */
#pragma once

#include "supervisor/log/record.h"

/* With its newline, as a new string. COLOUR: urgent ones stand out. */
int show_record_text(const Record *r, const char *unit, bool colour, char **ret);
int show_record_message(const Record *r, bool colour, char **ret); /* and nothing else */
int show_record_json(const Record *r, const char *unit, char **ret);
