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

        bool all;           /* list-units: those that are down, too */
        char **states;      /* list-unit-files: only these */
        bool reverse;       /* list-dependencies: what pulls in the unit */
        bool before, after; /* list-dependencies: the order, not what is needed */

        /* enable and its kin */
        bool runtime;   /* until the next boot; set-property, too */
        bool now;       /* start or stop the units as well */
        bool no_reload; /* the manager is not told */
        int preset;     /* InstallPresetMode */

        bool no_block;     /* jobs: do not wait for them */
        bool force;        /* poweroff and its kin: at once; enable and its kin: replace links */
        char **properties; /* show: only these */
        const char *whom;  /* kill: NULL: all */
        int signal;        /* kill; 0: SIGTERM */

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
int ctl_list_units(int argc, char *argv[], void *context);
int ctl_list_jobs(int argc, char *argv[], void *context);
int ctl_list_dependencies(int argc, char *argv[], void *context);
int ctl_status(int argc, char *argv[], void *context);
int ctl_why(int argc, char *argv[], void *context);
int ctl_show(int argc, char *argv[], void *context);
int ctl_cat(int argc, char *argv[], void *context);
int ctl_is_active(int argc, char *argv[], void *context);
int ctl_is_failed(int argc, char *argv[], void *context);
int ctl_is_enabled(int argc, char *argv[], void *context);
int ctl_job(int argc, char *argv[], void *context);
int ctl_cancel(int argc, char *argv[], void *context);
int ctl_kill(int argc, char *argv[], void *context);
int ctl_reset_failed(int argc, char *argv[], void *context);
int ctl_daemon_reload(int argc, char *argv[], void *context);
int ctl_daemon_reexec(int argc, char *argv[], void *context);
int ctl_end(int argc, char *argv[], void *context);
int ctl_logs(int argc, char *argv[], void *context);
int ctl_unit_files(int argc, char *argv[], void *context);
int ctl_get_default(int argc, char *argv[], void *context);
int ctl_list_unit_files(int argc, char *argv[], void *context);
int ctl_set_property(int argc, char *argv[], void *context);
int ctl_edit(int argc, char *argv[], void *context);
int ctl_environment(int argc, char *argv[], void *context);
int ctl_show_environment(int argc, char *argv[], void *context);
