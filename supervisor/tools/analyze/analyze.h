/*
 * What the verbs of svanalyze share: the settings from the command line, and the
 * functions that main.c's table names, each in a file of its own.
 *
 * A verb looks at all of its arguments, says on stderr what is wrong with one, goes on with
 * the next, and returns EXIT_FAILURE at the end if there was anything.
 */
#pragma once

#include <json-c/json.h>

#include "base/macro.h"

typedef struct AnalyzeSettings {
        bool json;
        const char *root; /* where cat-unit and verify look; NULL: here */

        uint64_t base_time; /* usec since the epoch: where "calendar" begins to look */
        unsigned iterations;
} AnalyzeSettings;

/* One line "svanalyze: ..." on stderr. */
void analyze_complain(const char *format, ...) _printf_(1, 2);

/* Prints VALUE as one JSON document and drops the caller's reference. */
void analyze_print_json(struct json_object *value);

/* The verbs; CONTEXT is AnalyzeSettings. */
int analyze_calendar(int argc, char *argv[], void *context);
int analyze_cat_unit(int argc, char *argv[], void *context);
int analyze_timespan(int argc, char *argv[], void *context);
int analyze_verify(int argc, char *argv[], void *context);
