/*
 * What a symbolic link in a load directory means: an alias of another unit, or a file that lies
 * somewhere else. The rules for aliases are those of systemd.unit(5), "Unit File Load Path", and of
 * systemd where the page is silent.
 */
#pragma once

#include <sys/types.h>

#include "units/load-path.h"

/* The load directories by inode, so that any path to one of them is known. */
typedef struct LoadAliasPlaces {
        struct LoadAliasPlace {
                dev_t device;
                ino_t inode;
        } * places;
        size_t n;
} LoadAliasPlaces;

/* Adds the directory that FD is open on. Returns 1, 0 when it is there already, or negative errno.
 */
int load_alias_add_place(LoadAliasPlaces *places, int fd);
void load_alias_places_done(LoadAliasPlaces *places); /* for _cleanup_ */

typedef struct LoadAliasLink {
        const LoadPath *path;
        const char *directory; /* one of the path's */
        const char *name;      /* a valid unit name */
} LoadAliasLink;

/* The text of the link, as an absolute path within the root: a new string. */
int load_alias_target(const LoadAliasLink *link, char **ret);

/* Is TARGET, a path within the root, something in a load directory, by whatever path? 1, 0 or
 * -ENOMEM. */
int load_alias_points_into(const LoadPath *path, const LoadAliasPlaces *places, const char *target);

/* Why NAME, which is valid, may not be an alias of TARGET; NULL: it may. */
const char *load_alias_fault(const char *name, const char *target);

/* Returns 1 when the link may stand for its name, with *RET_ALIAS_OF a new string for an alias and
 * NULL for a file elsewhere; 0 when it may not, which DIAG explains unless it only points to its
 * own name in another load directory; or negative errno. */
int load_alias_judge(const LoadAliasLink *link, const LoadAliasPlaces *places, Diag *diag,
                     char **ret_alias_of);
