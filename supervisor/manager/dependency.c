/*
 * The tables of kinds and atoms, and the lists in which each dependency stands twice, once at each
 * end.
 *
 * What holds: A lists B exactly if B lists A, and the kinds of one are the inverses of the other's.
 */
#include "supervisor/manager/dependency.h"

#include "base/array.h"
#include "base/text.h"
#include "supervisor/manager/unit.h"

typedef struct KindRow {
        const char *name;
        DependencyKind inverse;
} KindRow;

#define KIND(kind, text, inverse) [DEPENDENCY_##kind] = { text, DEPENDENCY_##inverse }

static const KindRow kinds[DEPENDENCY_KINDS] = {
        KIND(REQUIRES, "Requires", REQUIRED_BY),
        KIND(REQUISITE, "Requisite", REQUISITE_OF),
        KIND(WANTS, "Wants", WANTED_BY),
        KIND(BINDS_TO, "BindsTo", BOUND_BY),
        KIND(PART_OF, "PartOf", CONSISTS_OF),
        KIND(UPHOLDS, "Upholds", UPHELD_BY),
        KIND(REQUIRED_BY, "RequiredBy", REQUIRES),
        KIND(REQUISITE_OF, "RequisiteOf", REQUISITE),
        KIND(WANTED_BY, "WantedBy", WANTS),
        KIND(BOUND_BY, "BoundBy", BINDS_TO),
        KIND(CONSISTS_OF, "ConsistsOf", PART_OF),
        KIND(UPHELD_BY, "UpheldBy", UPHOLDS),
        KIND(CONFLICTS, "Conflicts", CONFLICTED_BY),
        KIND(CONFLICTED_BY, "ConflictedBy", CONFLICTS),
        KIND(BEFORE, "Before", AFTER),
        KIND(AFTER, "After", BEFORE),
        KIND(ON_SUCCESS, "OnSuccess", ON_SUCCESS_OF),
        KIND(ON_SUCCESS_OF, "OnSuccessOf", ON_SUCCESS),
        KIND(ON_FAILURE, "OnFailure", ON_FAILURE_OF),
        KIND(ON_FAILURE_OF, "OnFailureOf", ON_FAILURE),
        KIND(TRIGGERS, "Triggers", TRIGGERED_BY),
        KIND(TRIGGERED_BY, "TriggeredBy", TRIGGERS),
        KIND(PROPAGATES_RELOAD_TO, "PropagatesReloadTo", RELOAD_PROPAGATED_FROM),
        KIND(RELOAD_PROPAGATED_FROM, "ReloadPropagatedFrom", PROPAGATES_RELOAD_TO),
        KIND(PROPAGATES_STOP_TO, "PropagatesStopTo", STOP_PROPAGATED_FROM),
        KIND(STOP_PROPAGATED_FROM, "StopPropagatedFrom", PROPAGATES_STOP_TO),
        KIND(JOINS_NAMESPACE_OF, "JoinsNamespaceOf", JOINS_NAMESPACE_OF),
        KIND(REFERENCES, "References", REFERENCED_BY),
        KIND(REFERENCED_BY, "ReferencedBy", REFERENCES),
        KIND(IN_SLICE, "InSlice", SLICE_OF),
        KIND(SLICE_OF, "SliceOf", IN_SLICE),
};

#define D(kind) DEPENDENCY(kind)

const DependencySet dependency_atoms[DEPENDENCY_ATOMS] = {
        [ATOM_PULL_IN_START] = D(REQUIRES) | D(BINDS_TO),
        [ATOM_PULL_IN_START_IGNORED] = D(WANTS) | D(UPHOLDS),
        [ATOM_PULL_IN_VERIFY] = D(REQUISITE),
        [ATOM_PULL_IN_STOP] = D(CONFLICTS),
        [ATOM_PULL_IN_STOP_IGNORED] = D(CONFLICTED_BY),
        [ATOM_PROPAGATE_STOP] = D(REQUIRED_BY) | D(REQUISITE_OF) | D(BOUND_BY) | D(CONSISTS_OF) |
                                D(PROPAGATES_STOP_TO),
        [ATOM_PROPAGATE_RESTART] = D(REQUIRED_BY) | D(REQUISITE_OF) | D(BOUND_BY) | D(CONSISTS_OF),
        [ATOM_PROPAGATES_RELOAD_TO] = D(PROPAGATES_RELOAD_TO),
        [ATOM_PROPAGATE_START_FAILURE] = D(REQUIRED_BY) | D(REQUISITE_OF) | D(BOUND_BY),
        [ATOM_PROPAGATE_STOP_FAILURE] = D(CONFLICTED_BY),
        [ATOM_PROPAGATE_INACTIVE_START_AS_FAILURE] = D(REQUISITE_OF),
        [ATOM_RETROACTIVE_START_REPLACE] = D(REQUIRES) | D(BINDS_TO) | D(UPHOLDS),
        [ATOM_RETROACTIVE_START_FAIL] = D(WANTS),
        [ATOM_RETROACTIVE_STOP_ON_START] = D(CONFLICTS) | D(CONFLICTED_BY),
        [ATOM_RETROACTIVE_STOP_ON_STOP] = D(BOUND_BY) | D(PROPAGATES_STOP_TO),
        [ATOM_CANNOT_BE_ACTIVE_WITHOUT] = D(BINDS_TO),
        [ATOM_BINDS_OTHER] = D(BOUND_BY),
        [ATOM_START_STEADILY] = D(UPHELD_BY),
        [ATOM_UPHOLDS_OTHER] = D(UPHOLDS),
        [ATOM_PINS_STOP_WHEN_UNNEEDED] =
                D(REQUIRED_BY) | D(REQUISITE_OF) | D(WANTED_BY) | D(BOUND_BY) | D(UPHELD_BY),
        [ATOM_NEEDS_OTHER] = D(REQUIRES) | D(REQUISITE) | D(WANTS) | D(BINDS_TO) | D(UPHOLDS),
        [ATOM_BEFORE] = D(BEFORE),
        [ATOM_AFTER] = D(AFTER),
        [ATOM_ON_SUCCESS] = D(ON_SUCCESS),
        [ATOM_ON_FAILURE] = D(ON_FAILURE),
        [ATOM_TRIGGERED_BY] = D(TRIGGERED_BY),
        [ATOM_IN_SLICE] = D(IN_SLICE),
        [ATOM_TARGET_ORDER] =
                D(REQUIRES) | D(REQUISITE) | D(WANTS) | D(BINDS_TO) | D(PART_OF) | D(UPHOLDS),
        [ATOM_ORDERED_TARGETS] = D(REQUIRED_BY) | D(REQUISITE_OF) | D(WANTED_BY) | D(BOUND_BY) |
                                 D(CONSISTS_OF) | D(UPHELD_BY),
};

const char *dependency_name(DependencyKind kind) {
        return kinds[kind].name;
}

int dependency_from_name(const char *name) {
        for (int kind = 0; kind < DEPENDENCY_KINDS; kind++)
                if (text_eq(kinds[kind].name, name))
                        return kind;
        return -EINVAL;
}

DependencyKind dependency_inverse(DependencyKind kind) {
        return kinds[kind].inverse;
}

static DependencySet inverse_set(DependencySet set) {
        DependencySet inverse = 0;

        for (int kind = 0; kind < DEPENDENCY_KINDS; kind++)
                if (set & (UINT32_C(1) << kind))
                        inverse |= UINT32_C(1) << kinds[kind].inverse;
        return inverse;
}

/* From the end, because what was just added is asked for most. */
static Dependency *find(const DependencyList *l, const Unit *other) {
        for (size_t i = l->n; i > 0; i--)
                if (l->items[i - 1].other == other)
                        return &l->items[i - 1];
        return NULL;
}

/* The same where it must be listed, as the other end is. */
static Dependency *listed(const DependencyList *l, const Unit *other) {
        Dependency *d = find(l, other);

        assert(d);
        return d;
}

/* Both ends list each other, so the shorter list tells whether there is anything. */
static bool is_known(const Unit *a, const Unit *b) {
        return a->dependencies.n <= b->dependencies.n ? find(&a->dependencies, b) != NULL
                                                      : find(&b->dependencies, a) != NULL;
}

static int append_both(Unit *a, Unit *b) {
        DependencyList *la = &a->dependencies, *lb = &b->dependencies;

        if (ARRAY_GROW(la->items, la->n) < 0 || ARRAY_GROW(lb->items, lb->n) < 0)
                return -ENOMEM;
        la->items[la->n++] = (Dependency){ .other = b };
        lb->items[lb->n++] = (Dependency){ .other = a };
        return 0;
}

int dependency_add(Unit *a, DependencySet set, Unit *b) {
        Dependency *d;

        if (a == b)
                return 0;
        if (!is_known(a, b) && append_both(a, b) < 0)
                return -ENOMEM;
        d = listed(&a->dependencies, b);
        if ((d->own & set) == set)
                return 0;
        d->own |= set;
        d->kinds |= set;
        listed(&b->dependencies, a)->kinds |= inverse_set(set);
        return 1;
}

static void remove_from(DependencyList *l, Dependency *d) {
        *d = l->items[--l->n];
        if (l->n == 0) {
                free(l->items);
                l->items = NULL;
        }
}

/* What A declared about B stays only as far as B declared the same from its end. Returns whether
 * anything is left between them. */
static bool drop_declared(Dependency *d, const Unit *a) {
        Dependency *back = listed(&d->other->dependencies, a);

        d->own = 0;
        d->kinds = inverse_set(back->own);
        back->kinds = back->own;
        if (d->kinds != 0)
                return true;
        remove_from(&d->other->dependencies, back);
        return false;
}

void dependency_drop_own(Unit *u) {
        DependencyList *l = &u->dependencies;

        for (size_t i = l->n; i > 0; i--)
                if (l->items[i - 1].own != 0 && !drop_declared(&l->items[i - 1], u))
                        remove_from(l, &l->items[i - 1]);
}

void dependency_drop_all(Unit *u) {
        DependencyList *l = &u->dependencies;

        for (size_t i = 0; i < l->n; i++) {
                DependencyList *theirs = &l->items[i].other->dependencies;

                remove_from(theirs, listed(theirs, u));
        }
        free(l->items);
        *l = (DependencyList){ 0 };
}

bool dependency_is_own(const Unit *a, DependencyKind kind, const Unit *b) {
        const Dependency *d = find(&a->dependencies, b);

        return d && (d->own & (UINT32_C(1) << kind));
}

DependencySet dependency_between(const Unit *a, const Unit *b) {
        bool from_a = a->dependencies.n <= b->dependencies.n;
        const Dependency *d = from_a ? find(&a->dependencies, b) : find(&b->dependencies, a);

        if (!d)
                return 0;
        return from_a ? d->kinds : inverse_set(d->kinds);
}
