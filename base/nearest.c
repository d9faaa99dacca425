/*
 * The first candidate wins over those that are as near, so that an answer
 * follows the order of the table that it comes from.
 */
#include "base/nearest.h"

#include "base/text.h"

enum { WRONG_MAX = 3 };

Nearest nearest_to(const char *name) {
        unsigned wrong = (unsigned)(strnlen(name, 3 * WRONG_MAX) + 2) / 3;

        return (Nearest){ .name = name, .limit = MIN_OF(wrong, (unsigned)WRONG_MAX) + 1 };
}

bool nearest_consider(Nearest *n, const char *candidate) {
        unsigned distance;

        if (n->limit == 0 || !*candidate)
                return false;
        distance = text_distance(candidate, n->name, n->limit - 1);
        if (distance >= n->limit)
                return false;
        n->best = candidate;
        n->limit = distance;
        return true;
}
