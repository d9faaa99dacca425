/*
 * Which of the known words did the writer mean? Offer them one by one; about
 * one letter in three may be wrong, but no more than three.
 *
 *     Nearest n = nearest_to(name);
 *     for (...)
 *             nearest_consider(&n, row->name);
 *     if (n.best)
 *             ... "did you mean %s?"
 */
#pragma once

#include "base/macro.h"

typedef struct Nearest {
        const char *name; /* what was written */
        const char *best; /* the first of the nearest candidates; NULL: none is near */
        unsigned limit;   /* only what is nearer than this is better */
} Nearest;

/* Begins the search. NAME is not copied, and no candidate is. */
Nearest nearest_to(const char *name);

/* Is CANDIDATE the best so far? */
bool nearest_consider(Nearest *n, const char *candidate);
