/*
 * What lies in the directories of the load path, read once: which name is a file, which is an alias
 * of which other name, and which drop-in directories there are. Looking a unit up costs no system
 * call, so that hundreds of them load quickly; a change on disk is seen by a new index.
 *
 * An alias is a symbolic link in a load directory that points into a load directory, as
 * systemd.unit(5) has it. A link to anywhere else is a file like others, and to /dev/null a mask.
 */
#pragma once

#include "units/load-path.h"

typedef struct LoadIndex LoadIndex;

/* What a name leads to. */
typedef struct LoadFound {
        char *id;              /* the name behind all aliases, with the instance filled in */
        const char *directory; /* borrowed from the load path */
        const char *file;      /* borrowed from the index: the template's name for an instance */
} LoadFound;

static inline void load_found_done(LoadFound *f) {
        free(f->id);
}

/* PATH is borrowed and must outlive the index. Directories that do not exist are no error; those
 * that cannot be read, aliases that are against the rules and things that are no files are named in
 * DIAG and passed over. Returns 0 or -ENOMEM. */
int load_index_new(const LoadPath *path, Diag *diag, LoadIndex **ret);
void load_index_free(LoadIndex *index);
DEFINE_CLEANUP(LoadIndex, load_index_free)

const LoadPath *load_index_path(const LoadIndex *index);

/* Follows NAME, which must be valid. Returns 1 with *RET filled, 0 when there is no such file,
 * -ELOOP when aliases go in a circle, which DIAG explains, or -ENOMEM. */
int load_index_find(const LoadIndex *index, const char *name, Diag *diag, LoadFound *ret);

/* All other names that lead to ID, sorted. Returns 0 or -ENOMEM. */
int load_index_aliases(const LoadIndex *index, const char *id, char ***ret);

/* The directories that a unit can have beside its file: drop-ins, and links to other units. */
#define LOAD_INDEX_SUFFIXES ".d", ".wants", ".requires", ".upholds"

/* Is there something named NAME ("foo.service.d") in any, or in this, directory of the load path?
 */
bool load_index_has(const LoadIndex *index, const char *name);
bool load_index_has_in(const LoadIndex *index, const char *name, size_t directory);

/* A number that changes when a name becomes an alias, or an alias leads elsewhere. */
uint64_t load_index_alias_hash(const LoadIndex *index);
