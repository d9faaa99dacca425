/*
 * What the files of this folder share: the tree that links are made in, and units with what they
 * ask for.
 */
#pragma once

#include <sys/stat.h>

#include "units/install/install.h"

/* ---- install.c ---- */

/* PATH as people outside of the root write it. TARGET may be NULL. Returns 0 or -ENOMEM. */
int install_note(Install *i, InstallChangeKind kind, const char *path, const char *target);

/* Says why WHAT, a unit or a file, cannot be had. Returns ERROR. */
int install_refuse(Install *i, int error, const char *what);

/* Is NAME a unit's? Else says so: -EINVAL. */
int install_check_name(Install *i, const char *name);

/* Where links go now. */
const char *install_place(const Install *i);

typedef enum InstallPlaceKind {
        INSTALL_PLACE_VENDOR,
        INSTALL_PLACE_LASTING,
        INSTALL_PLACE_RUNTIME,
        INSTALL_PLACE_GENERATED,
        INSTALL_PLACE_TRANSIENT,
} InstallPlaceKind;

InstallPlaceKind install_place_kind(const Install *i, const char *directory);

/* The same for the directory that PATH lies in. */
InstallPlaceKind install_place_of(const Install *i, const char *path);

/* ---- install-tree.c ---- */

/* The directory PATH, made with those above it if need be; an fd or negative errno. */
int install_tree_open(const Install *i, const char *path);
int install_tree_make(const Install *i, const char *path);

/* Everything of PATH before its last "/": a new string, "/" for what lies there. */
char *install_tree_parent(const char *path);

/* The type and size of what PATH is, a link or not. */
int install_tree_stat(const Install *i, const char *path, struct stat *ret);

/* The link PATH leads to TARGET from now on. Returns 1, also if it did before, or what went wrong,
 * which is said: -EEXIST something else is there, and FORCE is not set. */
typedef struct InstallLink {
        const char *path, *target;
        bool force;
} InstallLink;
int install_tree_link(Install *i, const InstallLink *link);

/* Removes PATH, which is no directory, and the directory around it if that is empty then. */
int install_tree_unlink(Install *i, const char *path);

/* Says that PATH cannot be changed, and what helps. Returns ERROR. */
int install_tree_refuse(Install *i, int error, const char *path);

/* Is PATH, after all links, empty or a device? What does not exist is neither. */
bool install_tree_is_null(const Install *i, const char *path);

/* ---- install-unit.c ---- */

typedef enum InstallMode {
        INSTALL_MODE_UNKNOWN,
        INSTALL_MODE_FILE,
        INSTALL_MODE_ALIAS,  /* a link to a load directory */
        INSTALL_MODE_LINKED, /* a link to elsewhere */
        INSTALL_MODE_MASKED,
} InstallMode;

enum { INSTALL_DEPENDENCIES = 3 };
extern const char *const install_unit_suffixes[INSTALL_DEPENDENCIES]; /* ".wants" ... */

typedef struct InstallUnit {
        char *name, *path; /* "path" is NULL until it was found */
        InstallMode mode;
        char *target;   /* of an alias or a linked unit, within the root */
        bool auxiliary; /* only some Also= named it */
        bool read;      /* its [Install] section was */
        char **aliases, **also, **wanted_by[INSTALL_DEPENDENCIES];
        char *default_instance;
} InstallUnit;

/* Units that are worked on, each once; Also= adds more. */
typedef struct InstallWork {
        InstallUnit **units;
        size_t n, next; /* those before "next" are done */
} InstallWork;

void install_unit_done(InstallWork *w); /* for _cleanup_ */

/* NAME_OR_PATH becomes a unit to work on. -EINVAL: it can be none. */
int install_unit_add(InstallWork *w, const char *name_or_path, bool auxiliary, InstallUnit **ret);
InstallUnit *install_unit_next(InstallWork *w); /* NULL: there is none left */
bool install_unit_has(const InstallWork *w, const char *name);

typedef enum InstallHow {
        INSTALL_READ = 1 << 0,   /* [Install], and what Also= names is added */
        INSTALL_FOLLOW = 1 << 1, /* links in /etc and /run are followed, else -ELOOP */
} InstallHow;

/* Finds U, and what it is an alias of in the end. -ENOENT, -ENOLINK (an alias of nothing), -ELOOP,
 * -EXDEV or -EINVAL (a link that is against the rules), or what its file is. Nothing is said. */
int install_unit_find(Install *i, InstallWork *w, InstallUnit *u, unsigned how, InstallUnit **ret);

/* install_unit_add(), then install_unit_find(); a failure is said. "usable": a masked or generated
 * unit is one, too. */
typedef struct InstallQuery {
        const char *name;
        unsigned how;
        bool usable;
} InstallQuery;
int install_unit_discover(Install *i, InstallWork *w, const InstallQuery *q, InstallUnit **ret);

/* TEXT of U's section [Install] with its specifiers replaced. */
int install_unit_expand(Install *i, const InstallUnit *u, const char *text, char **ret);

/* ---- what presets are made of ---- */

/* install-enable.c: all of W; LENIENT passes over what cannot be enabled by itself. */
int install_enable_apply(Install *i, InstallWork *w, unsigned how, bool lenient);
bool install_enable_exists(Install *i, const char *name);

/* install-disable.c: the names that are to go, and then all links in DIRECTORY that have one of
 * them, or lead to it. */
int install_disable_mark(Install *i, InstallWork *w, char ***doomed);
int install_disable_remove(Install *i, char ***doomed, const char *directory);

/* install-rules.c */
typedef struct InstallRules InstallRules;
int install_rules_read(Install *i, InstallRules **ret);
void install_rules_free(InstallRules *rules);
DEFINE_CLEANUP(InstallRules, install_rules_free)

/* Would NAME be enabled? For a template, RET_INSTANCES gets the instances that a rule names. 1, 0
 * or -ENOMEM. */
int install_rules_query(const InstallRules *rules, const char *name, char ***ret_instances);
