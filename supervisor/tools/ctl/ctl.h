/*
 * What the verbs of svctl share: the settings from the command line, and the functions that
 * main.c's table names, each in a file of its own.
 */
#pragma once

#include "base/macro.h"

typedef struct CtlSettings {
        bool json;
        bool no_pager;
        const char *root; /* "": the running system; no "/" at its end */

        /* logs */
        char **units; /* -u, as they were written */
        bool follow;
        bool kernel;
        bool boot;           /* the current one only */
        const char *boot_id; /* one boot only; NULL: see above */
        bool has_lines;
        uint32_t lines;        /* show the last so many */
        int priority;          /* and what is more urgent; 7 is all */
        uint64_t since, until; /* usec since the epoch */
} CtlSettings;

/* One line "svctl: ..." on stderr. */
void ctl_complain(const char *format, ...) _printf_(1, 2);

/* The verbs; CONTEXT is CtlSettings. */
int ctl_logs(int argc, char *argv[], void *context);
