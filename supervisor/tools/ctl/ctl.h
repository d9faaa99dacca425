/*
 * What the verbs of svctl share: the settings from the command line, and the functions that
 * main.c's table names, each in a file of its own.
 */
#pragma once

#include "base/macro.h"

enum { CTL_OUTPUT_SHORT, CTL_OUTPUT_CAT, CTL_OUTPUT_JSON };
enum { CTL_TIME_PRETTY, CTL_TIME_UNIX, CTL_TIME_UTC };

typedef struct CtlSettings {
        bool json;
        bool no_pager;
        bool quiet;       /* no results, only what goes wrong */
        const char *root; /* "": the running system; no "/" at its end */

        /* which units, and how they are listed */
        bool all;              /* those that are down, too; list-dependencies: open all */
        char **types;          /* "service": of these types */
        char **states;         /* load, active or sub states; of list-unit-files: file states */
        bool full;             /* nothing is cut off */
        bool no_legend, plain; /* no head and foot; nothing before the name */
        bool reverse;          /* list-dependencies: what pulls in the unit */
        bool before, after;    /* list-dependencies: the order, not what is needed */

        /* show */
        char **properties; /* only these */
        bool value;        /* without their names */
        int time_style;    /* CTL_TIME_... */

        /* enable and its kin */
        bool runtime;   /* until the next boot; set-property, too */
        bool now;       /* start or stop the units as well */
        bool no_reload; /* the manager is not told */
        int preset;     /* InstallPresetMode */

        bool no_block;        /* jobs: do not wait for them */
        bool wait;            /* start: until the units are down again; is-system-running */
        const char *job_mode; /* NULL: "replace" */
        bool fail;            /* jobs: that mode; kill: no process is an error */
        bool force;           /* poweroff and its kin: at once; enable and its kin: replace links */
        const char *whom;     /* kill: NULL: all */
        int signal;           /* kill; 0: SIGTERM */

        /* logs */
        char **units; /* -u, as they were written */
        bool follow;
        bool kernel;
        bool boot;           /* the current one only */
        const char *boot_id; /* one boot only; NULL: see above */
        bool has_lines;
        uint32_t lines;        /* show the last so many */
        int output;            /* CTL_OUTPUT_... */
        int priority;          /* and what is more urgent; 7 is all */
        uint64_t since, until; /* usec since the epoch */
} CtlSettings;

/* One line "svctl: ..." on stderr. */
void ctl_complain(const char *format, ...) _printf_(1, 2);

/* The last lines that UNIT wrote since the boot, behind an empty one; nothing where there are none,
 * or where they cannot be read. */
void ctl_logs_of(const CtlSettings *s, const char *unit);

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
int ctl_is_system_running(int argc, char *argv[], void *context);
int ctl_is_enabled(int argc, char *argv[], void *context);
int ctl_job(int argc, char *argv[], void *context);
int ctl_mode(int argc, char *argv[], void *context);
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
