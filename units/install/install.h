/*
 * Enabling and masking of units: which symbolic links in /etc/systemd/system, or in
 * /run/systemd/system, say what a system starts. The verbs are those of systemctl(1); what a unit
 * asks for stands in its section [Install], systemd.unit(5); what a distribution wants of it in
 * files of systemd.preset(5).
 *
 * All paths are within the root of the load path, and nothing outside of it is looked at or
 * changed. Every link is made or replaced in one step, and is on the disk before it is reported.
 * What was done stands in "changes", what went wrong in the Diag; both hold what happened before an
 * error, too. Functions that take several names do all that can be done, and return the first
 * error.
 */
#pragma once

#include "units/load-alias.h"
#include "units/load-index.h"

typedef enum InstallFlag {
        INSTALL_RUNTIME = 1 << 0, /* until the next boot: in /run */
        INSTALL_FORCE = 1 << 1,   /* links that lead elsewhere are replaced */
} InstallFlag;

/* The words of install_change_name() are those of the bus. */
typedef enum InstallChangeKind {
        INSTALL_LINK,           /* "path" now leads to "target" */
        INSTALL_UNLINK,         /* "path" is gone */
        INSTALL_IS_MASKED,      /* left alone */
        INSTALL_IS_DANGLING,    /* an alias that leads nowhere */
        INSTALL_NO_DESTINATION, /* the unit "path" was told to need "target", which does not exist
                                 */
        INSTALL_NO_AUXILIARY,   /* a unit of Also= that does not exist */
} InstallChangeKind;

typedef struct InstallChange {
        InstallChangeKind kind;
        char *path, *target; /* "target" may be NULL */
} InstallChange;

typedef struct Install {
        const LoadPath *path;
        const char *lasting, *runtime; /* the directories for links */
        unsigned flags;                /* bits of InstallFlag */
        Diag *diag;
        const LoadIndex *index; /* for drop-ins; made when one is needed, unless it was lent */
        LoadIndex *own;
        LoadAliasPlaces places;
        InstallChange *changes;
        size_t n;
} Install;

/* PATH and DIAG are borrowed, and so may be "index" later. Where the load path was replaced, and
 * has not the ordinary directories, links go to its first. Returns 0 or -ENOMEM. */
int install_begin(Install *ret, const LoadPath *path, unsigned flags, Diag *diag);
void install_done(Install *i); /* for _cleanup_ */

const char *install_change_name(InstallChangeKind kind);

/* The change as a sentence: "Created symlink A → B."; a new string. */
int install_change_format(const InstallChange *c, char **ret);

/* ---- verbs. Return a count, or negative errno, which DIAG explains ---- */

/* Counts what the units ask for; 0: none has anything in [Install]. NAMES may be paths of files. */
int install_enable(Install *i, char *const *names);
int install_reenable(Install *i, char *const *names);
int install_disable(Install *i, char *const *names);
int install_mask(Install *i, char *const *names);
int install_unmask(Install *i, char *const *names);
int install_link(Install *i, char *const *paths);
int install_revert(Install *i, char *const *names);

typedef enum InstallPresetMode {
        INSTALL_PRESET_FULL,
        INSTALL_PRESET_ENABLE,
        INSTALL_PRESET_DISABLE
} InstallPresetMode;
int install_preset(Install *i, InstallPresetMode mode, char *const *names);
int install_preset_all(Install *i, InstallPresetMode mode);

/* "default.target"; the name is a new string. */
int install_set_default(Install *i, const char *name);
int install_get_default(Install *i, char **ret);

/* SUFFIX is ".wants", ".requires" or ".upholds". */
int install_depend(Install *i, char *const *names, const char *target, const char *suffix);

/* A person's own drop-in of UNIT, "override.conf", where links go: its text, "" where there is
 * none; and a new text in its place. */
int install_dropin_read(Install *i, const char *unit, char **ret);
int install_dropin_write(Install *i, const char *unit, const char *text);

/* ---- states, as systemctl(1) has them for "is-enabled" ---- */

typedef enum InstallState {
        INSTALL_ENABLED,
        INSTALL_ENABLED_RUNTIME,
        INSTALL_LINKED,
        INSTALL_LINKED_RUNTIME,
        INSTALL_ALIAS,
        INSTALL_MASKED,
        INSTALL_MASKED_RUNTIME,
        INSTALL_STATIC,
        INSTALL_DISABLED,
        INSTALL_INDIRECT,
        INSTALL_GENERATED,
        INSTALL_TRANSIENT,
        INSTALL_BAD,
} InstallState;

const char *install_state_name(InstallState state);

/* Does "is-enabled" succeed? */
bool install_state_is_on(InstallState state);

/* The state of NAME. -ENOENT: it has no file; -EINVAL: it is no unit's name; others: its file is
 * bad. Nothing is said in DIAG. */
int install_state(Install *i, const char *name, InstallState *ret);

typedef struct InstallFile {
        char *path; /* within the root */
        InstallState state;
        bool preset, has_preset; /* would "preset" enable it? */
} InstallFile;

typedef struct InstallFiles {
        InstallFile *items;
        size_t n;
} InstallFiles;

/* All unit files that fit one of PATTERNS and have one of the STATES, sorted by name; an empty list
 * fits everything. */
int install_list(Install *i, char *const *patterns, char *const *states, InstallFiles *ret);
void install_list_done(InstallFiles *files); /* for _cleanup_ */
