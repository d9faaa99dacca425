/*
 * How the verbs of svanalyze speak: complaints and JSON look the same from each.
 */
#include "supervisor/tools/analyze/analyze.h"

#include <stdarg.h>
#include <stdio.h>

void analyze_complain(const char *format, ...) {
        va_list ap;

        fflush(stdout); /* keeps the order where both streams go to one place */
        fputs("svanalyze: ", stderr);
        va_start(ap, format);
        vfprintf(stderr, format, ap);
        va_end(ap);
        fputc('\n', stderr);
}

void analyze_print_json(struct json_object *value) {
        puts(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PRETTY |
                                                           JSON_C_TO_STRING_SPACED |
                                                           JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(value);
}
