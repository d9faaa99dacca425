/*
 * How the verbs of svctl speak: complaints look the same from each.
 */
#include "supervisor/tools/ctl/ctl.h"

#include <stdarg.h>
#include <stdio.h>

void ctl_complain(const char *format, ...) {
        va_list ap;

        fflush(stdout); /* keeps the order where both streams go to one place */
        fputs("svctl: ", stderr);
        va_start(ap, format);
        vfprintf(stderr, format, ap);
        va_end(ap);
        fputc('\n', stderr);
}
