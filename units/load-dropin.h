/*
 * Which drop-in files belong to a unit, and in which order, after systemd.unit(5): those of the
 * unit's own name ("foo-bar@x.service.d/"), of its template, of each prefix that ends in a dash
 * ("foo-.service.d/"), the same for its aliases, and of its type ("service.d/").
 */
#pragma once

#include "units/load-index.h"

typedef struct LoadDropin {
        char *path;       /* absolute within the root */
        const char *name; /* its last component */
        size_t rank;      /* among those of the same name the lowest wins */
} LoadDropin;

typedef struct LoadDropins {
        LoadDropin *files;
        size_t n;
} LoadDropins;

void load_dropin_done(LoadDropins *d); /* for _cleanup_ */

/* In order of application: by file name, one of each name. Where several directories have it, the
 * one nearer to the front of the load path wins, and within it the more specific one; "service.d/"
 * always comes last. Directories that cannot be read are an error, which DIAG explains: what they
 * ask for is not known. */
int load_dropin_list(const LoadIndex *index, const char *id, char *const *aliases, Diag *diag,
                     LoadDropins *ret);

/* The drop-ins in one directory beside a unit file that was named by its path: all of PATH, which
 * counts from where the program stands. */
int load_dropin_list_in(const char *path, Diag *diag, LoadDropins *ret);

/* The names of a unit's drop-in directories without ".d", most specific first, without the type's.
 */
int load_dropin_levels(const char *name, char ***ret);

/* The names ("foo.service.wants") of all directories with SUFFIX (".wants") that some directory of
 * the load path has for a unit with these NAMES, the first of which is its id; the type's is last.
 * Returns 0 or -ENOMEM. */
int load_dropin_all_directories(const LoadIndex *index, char *const *names, const char *suffix,
                                char ***ret);
