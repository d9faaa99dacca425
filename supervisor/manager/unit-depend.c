/*
 * Tables from directives to kinds of dependencies, and the walk over them.
 */
#include "supervisor/manager/unit-depend.h"

#include <string.h>

#include "base/strv.h"
#include "units/load-links.h"

#define D(kind) DEPENDENCY(kind)

/* A template stands for the instance that has U's instance, or, where U has none, its prefix. */
static int resolve_name(const Unit *u, const char *name, char **ret) {
        _cleanup_free_ char *instance = NULL;
        int e;

        if (unit_name_kind(name) != UNIT_NAME_TEMPLATE) {
                *ret = strdup(name);
                return *ret ? 0 : -ENOMEM;
        }
        e = unit_name_instance(u->id, &instance);
        if (e >= 0 && !instance)
                e = unit_name_prefix(u->id, &instance);
        return e < 0 ? e : unit_name_with_instance(name, instance, ret);
}

int unit_depend_on(Registry *r, Unit *u, DependencySet kinds, const char *name) {
        _cleanup_free_ char *resolved = NULL;
        Unit *other;
        int e = resolve_name(u, name, &resolved);

        if (e >= 0)
                e = registry_get(r, resolved, &other);
        if (e == -ENOMEM)
                return e;
        if (e < 0) /* a name that fits nowhere, such as an instance that makes it too long */
                return 0;
        e = dependency_add(u, kinds, other);
        return MIN_OF(e, 0);
}

static int depend_on_all(Registry *r, Unit *u, DependencySet kinds, char *const *names) {
        int e = 0;

        for (char *const *name = names; name && *name && e >= 0; name++)
                e = unit_depend_on(r, u, kinds, *name);
        return e;
}

static int depend_by_directives(Registry *r, Unit *u, const Config *c) {
        const struct {
                char **names;
                DependencySet kinds;
        } rows[] = {
                { c->wants, D(WANTS) },
                { c->requires, D(REQUIRES) },
                { c->requisite, D(REQUISITE) },
                { c->binds_to, D(BINDS_TO) },
                { c->part_of, D(PART_OF) },
                { c->upholds, D(UPHOLDS) },
                { c->conflicts, D(CONFLICTS) },
                { c->before, D(BEFORE) },
                { c->after, D(AFTER) },
                { c->on_failure, D(ON_FAILURE) },
                { c->on_success, D(ON_SUCCESS) },
                { c->propagates_reload_to, D(PROPAGATES_RELOAD_TO) },
                { c->reload_propagated_from, D(RELOAD_PROPAGATED_FROM) },
                { c->propagates_stop_to, D(PROPAGATES_STOP_TO) },
                { c->stop_propagated_from, D(STOP_PROPAGATED_FROM) },
                { c->joins_namespace_of, D(JOINS_NAMESPACE_OF) },
        };
        int e = 0;

        for (size_t i = 0; i < ARRAY_SIZE(rows) && e >= 0; i++)
                e = depend_on_all(r, u, rows[i].kinds, rows[i].names);
        return e;
}

static int depend_by_links(Registry *r, Unit *u, Diag *diag) {
        static const struct {
                const char *suffix;
                DependencySet kinds;
        } rows[] = {
                { ".wants", D(WANTS) },
                { ".requires", D(REQUIRES) },
                { ".upholds", D(UPHOLDS) },
        };
        _cleanup_strv_ char **names = NULL;
        int e = strv_add(&names, u->id);

        if (e >= 0)
                e = strv_add_all(&names, u->aliases);
        for (size_t i = 0; i < ARRAY_SIZE(rows) && e >= 0; i++) {
                _cleanup_strv_ char **found = NULL;

                e = load_links_list(registry_index(r), names, rows[i].suffix, diag, &found);
                if (e >= 0)
                        e = depend_on_all(r, u, rows[i].kinds, found);
        }
        return e;
}

int unit_depend(Registry *r, Unit *u, const Config *c, Diag *diag) {
        int e = depend_by_directives(r, u, c);

        if (e >= 0 && registry_index(r))
                e = depend_by_links(r, u, diag);
        if (e >= 0)
                e = strv_add_all(&u->requires_mounts_for, c->requires_mounts_for);
        return e < 0 ? e : unit_imply(r, u, c);
}
