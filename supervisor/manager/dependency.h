/*
 * How units depend on each other: systemd.unit(5). A kind of dependency is what people write
 * (Requires=, Before= ...); an atom is one thing that the engine does because of it ("a start pulls
 * in a start"). The engine asks for atoms only, so that what a kind means stands in one table.
 *
 * Every dependency is seen from both ends: that A has Requires=B is known to B as RequiredBy=A. It
 * belongs to the unit that declared it, and goes when that unit is read anew; the same fact that
 * was declared from both ends stays until both have dropped it.
 */
#pragma once

#include "base/macro.h"

typedef struct Unit Unit;

typedef enum DependencyKind {
        DEPENDENCY_REQUIRES,
        DEPENDENCY_REQUISITE,
        DEPENDENCY_WANTS,
        DEPENDENCY_BINDS_TO,
        DEPENDENCY_PART_OF,
        DEPENDENCY_UPHOLDS,
        DEPENDENCY_REQUIRED_BY,
        DEPENDENCY_REQUISITE_OF,
        DEPENDENCY_WANTED_BY,
        DEPENDENCY_BOUND_BY,
        DEPENDENCY_CONSISTS_OF,
        DEPENDENCY_UPHELD_BY,
        DEPENDENCY_CONFLICTS,
        DEPENDENCY_CONFLICTED_BY,
        DEPENDENCY_BEFORE,
        DEPENDENCY_AFTER,
        DEPENDENCY_ON_SUCCESS,
        DEPENDENCY_ON_SUCCESS_OF,
        DEPENDENCY_ON_FAILURE,
        DEPENDENCY_ON_FAILURE_OF,
        DEPENDENCY_TRIGGERS,
        DEPENDENCY_TRIGGERED_BY,
        DEPENDENCY_PROPAGATES_RELOAD_TO,
        DEPENDENCY_RELOAD_PROPAGATED_FROM,
        DEPENDENCY_PROPAGATES_STOP_TO,
        DEPENDENCY_STOP_PROPAGATED_FROM,
        DEPENDENCY_JOINS_NAMESPACE_OF, /* seen from both ends alike */
        DEPENDENCY_REFERENCES,
        DEPENDENCY_REFERENCED_BY,
        DEPENDENCY_IN_SLICE,
        DEPENDENCY_SLICE_OF,
} DependencyKind;

enum { DEPENDENCY_KINDS = DEPENDENCY_SLICE_OF + 1 };

/* Several kinds: bit K is kind K. */
typedef uint32_t DependencySet;
#define DEPENDENCY(kind) (UINT32_C(1) << DEPENDENCY_##kind)

typedef enum DependencyAtom {
        /* transactions: what a job of the unit brings along */
        ATOM_PULL_IN_START,         /* start: starts the other, without which there is no start */
        ATOM_PULL_IN_START_IGNORED, /* start: starts the other, if that can be done */
        ATOM_PULL_IN_VERIFY,        /* start: fails unless the other runs already */
        ATOM_PULL_IN_STOP,          /* start: stops the other, without which there is no start */
        ATOM_PULL_IN_STOP_IGNORED,  /* start: stops the other, if that can be done */
        ATOM_PROPAGATE_STOP,        /* stop: stops the other */
        ATOM_PROPAGATE_RESTART,     /* restart: restarts the other if it runs */
        ATOM_PROPAGATES_RELOAD_TO,  /* reload: reloads the other if it runs */

        /* jobs that ended badly */
        ATOM_PROPAGATE_START_FAILURE,             /* a start: a start of the other fails, too */
        ATOM_PROPAGATE_STOP_FAILURE,              /* a stop: a start of the other fails, too */
        ATOM_PROPAGATE_INACTIVE_START_AS_FAILURE, /* so does a start that left the unit inactive */

        /* states that changed without a job */
        ATOM_RETROACTIVE_START_REPLACE, /* came up: start the other (mode replace) */
        ATOM_RETROACTIVE_START_FAIL,    /* came up: start the other (mode fail) */
        ATOM_RETROACTIVE_STOP_ON_START, /* came up: stop the other */
        ATOM_RETROACTIVE_STOP_ON_STOP,  /* went down: stop the other */
        ATOM_CANNOT_BE_ACTIVE_WITHOUT,  /* is stopped while the other is down */
        ATOM_BINDS_OTHER,             /* went down: look at the other's CANNOT_BE_ACTIVE_WITHOUT */
        ATOM_START_STEADILY,          /* is started while it is down and the other runs */
        ATOM_UPHOLDS_OTHER,           /* came up: look at the other's START_STEADILY */
        ATOM_PINS_STOP_WHEN_UNNEEDED, /* the other, running, makes this unit needed */
        ATOM_NEEDS_OTHER,             /* went down: look whether the other is still needed */

        /* order, and others that act alone */
        ATOM_BEFORE,
        ATOM_AFTER,
        ATOM_ON_SUCCESS,
        ATOM_ON_FAILURE,
        ATOM_TRIGGERED_BY,
        ATOM_IN_SLICE,
        ATOM_TARGET_ORDER,    /* a target is ordered after the other, unless either objects */
        ATOM_ORDERED_TARGETS, /* the same from the other end */
} DependencyAtom;

enum { DEPENDENCY_ATOMS = ATOM_ORDERED_TARGETS + 1 };

/* The kinds that have the atom. */
extern const DependencySet dependency_atoms[DEPENDENCY_ATOMS];

/* "RequiredBy"; as the bus has it. */
const char *dependency_name(DependencyKind kind);

/* A DependencyKind, or -EINVAL. */
int dependency_from_name(const char *name);

DependencyKind dependency_inverse(DependencyKind kind);

/* All that one unit has to do with one other. */
typedef struct Dependency {
        Unit *other;
        DependencySet kinds; /* as they are in effect */
        DependencySet own;   /* those that this unit declared; the rest is what the other did */
} Dependency;

/* Of one unit; each other stands in it once. */
typedef struct DependencyList {
        Dependency *items;
        size_t n;
} DependencyList;

/* Declares for A that it has KINDS towards B, and tells B. A unit cannot depend on itself: then
 * nothing happens. Returns 1, 0 when all of it was declared before, or -ENOMEM and nothing is
 * changed. */
int dependency_add(Unit *a, DependencySet kinds, Unit *b) _warn_unused_;

/* Takes back all that U declared. */
void dependency_drop_own(Unit *u);

/* Takes back what U declared and what others declared about it. */
void dependency_drop_all(Unit *u);

/* The kinds that A has towards B. */
DependencySet dependency_between(const Unit *a, const Unit *b);

/* Was it A that declared it? */
bool dependency_is_own(const Unit *a, DependencyKind kind, const Unit *b);

/* Each Dependency *D of U that has ATOM. Nothing may be added or dropped meanwhile. */
#define DEPENDENCY_FOREACH(d, u, atom)                                       \
        for (const Dependency *d = (u)->dependencies.items,                  \
                              *d##_end = d ? d + (u)->dependencies.n : NULL; \
             d < d##_end; d++)                                               \
                if (d->kinds & dependency_atoms[atom])
