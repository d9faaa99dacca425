/*
 * All units that the manager knows, by all their names: made when they are first mentioned, loaded
 * from a queue, forgotten when nobody mentions them any more. Besides the files of units nothing of
 * the system is looked at.
 *
 * An alias never is a unit of its own: a name is followed to the unit behind it when it is first
 * mentioned (units/load-index.h).
 */
#pragma once

#include "base/diag.h"
#include "supervisor/manager/unit.h"
#include "units/load-index.h"

typedef struct Registry Registry;

/* What the registry is made from. PATH may be NULL: then there are no files. OPS has an entry for
 * each type that the manager can run, else NULL. FORGET (which may be NULL) is called before a unit
 * is freed, for the data of its type. SAID (which may be NULL) gets what loading a unit had to say,
 * where that is new, whoever was the cause; without it that is in the DIAG of whoever was. All is
 * borrowed. */
typedef struct RegistrySetup {
        const LoadPath *path;
        const UnitOps *const *ops; /* UNIT_TYPES of them */
        void (*forget)(Unit *u, void *userdata);
        void (*said)(const Unit *u, const Diag *diag, void *userdata);
        void *userdata;
} RegistrySetup;

/* Returns 0 or -ENOMEM; what is wrong with the directories is said in DIAG. */
int registry_new(const RegistrySetup *setup, Diag *diag, Registry **ret);
void registry_free(Registry *r);
DEFINE_CLEANUP(Registry, registry_free)

/* The unit of that name, loaded or not; NULL where nobody has mentioned it. */
Unit *registry_find(const Registry *r, const char *name);

/* The same, made and queued for loading if need be. NAME must be valid and no template's (else
 * -EINVAL). Returns 0 or -ENOMEM. */
int registry_get(Registry *r, const char *name, Unit **ret) _warn_unused_;

/* Is there a unit of that name, known already or as a file? */
bool registry_has(const Registry *r, const char *name);

/* Loads what is queued, and what that mentions, and so on. What is wrong with a unit is said in
 * DIAG and in its load state. Returns 0 or -ENOMEM. */
int registry_load_queued(Registry *r, Diag *diag);

/* registry_get() and registry_load_queued(). A unit that had no file is looked for again. */
int registry_load(Registry *r, const char *name, Diag *diag, Unit **ret);

/* A unit without a file: made at run time, or found in the system. It is loaded by now, unless its
 * files say otherwise. Errors as registry_load(); -EEXIST where there is such a unit with a file.
 */
int registry_add(Registry *r, const char *name, Diag *diag, Unit **ret);

/* daemon-reload: looks at the directories again, and loads anew each unit whose files changed, and
 * those that must be judged anew because of it. States, jobs and the types' data stay. The units
 * that were loaded are "marked" afterwards. Returns how many, or -ENOMEM. */
int registry_reload(Registry *r, Diag *diag);

/* Forgets units that are inactive, have no job, and are not mentioned by one that stays; failed
 * ones only with CollectMode=inactive-or-failed. Returns how many. */
size_t registry_collect(Registry *r);

/* Could nobody tell the difference if U were forgotten? */
bool registry_collect_permits(const Unit *u);

const LoadIndex *registry_index(const Registry *r); /* NULL: no files */
size_t registry_size(const Registry *r);
Unit *registry_first(const Registry *r);

/* Each Unit *U, in no useful order. None may be forgotten meanwhile. */
#define REGISTRY_FOREACH(u, r) for (Unit *u = registry_first(r); u; u = u->next)
