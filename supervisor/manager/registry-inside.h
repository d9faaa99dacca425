/*
 * The registry from within, for the files that it is made of: registry.c keeps the names and loads,
 * registry-reload.c loads anew what changed, registry-collect.c forgets.
 */
#pragma once

#include "supervisor/manager/registry.h"

typedef struct Name Name;

struct Registry {
        RegistrySetup setup;
        LoadIndex *index;
        uint64_t index_stamp; /* of the directories when the index was made */
        uint64_t alias_hash;  /* of the index by which names were last judged */
        Name *names;
        Unit *units;
        size_t n;
        Unit *queue, **queue_end; /* units to load */
        Unit *fresh;              /* loaded since the last linking */
};

/* Makes the index anew. Returns 0 or -ENOMEM, and the old one stays. */
int registry_read_index(Registry *r, Diag *diag);

/* The name behind NAME, a new string; a circle of aliases is left for loading to complain about.
 * Returns 0 or -ENOMEM. */
int registry_follow(const Registry *r, const char *name, char **ret);

/* U is known by its id alone. */
void registry_drop_aliases(Registry *r, Unit *u);

/* U, which is a stub again, will be loaded by registry_load_queued(). */
void registry_enqueue(Registry *r, Unit *u);

/* The stamp of U's files as they are now. Returns 0 or -ENOMEM. */
int registry_stamp(const Registry *r, const Unit *u, uint64_t *ret);

/* Frees U, which is no longer in the list. */
void registry_forget(Registry *r, Unit *u);
