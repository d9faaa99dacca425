/*
 * A path needs the mount units of all its prefixes that exist. A mount unit that appears later
 * finds those that need it by going through all units, which is rare.
 */
#include "supervisor/manager/registry-link.h"

#include <string.h>

#include "base/path.h"
#include "base/strv.h"

/* ---- mounts ---- */

static int mention_mount(Registry *r, const char *path) {
        _cleanup_free_ char *name = NULL;
        Unit *mount;
        int e = unit_name_from_path(path, UNIT_MOUNT, &name);

        if (e == -ENOMEM)
                return e;
        /* a path that is too long for a name can have no unit */
        if (e < 0 || !registry_has(r, name))
                return 0;
        return registry_get(r, name, &mount);
}

/* PATH, the directory that it lies in, and so on, but for "/". */
static int mention_mounts(Registry *r, const char *path) {
        _cleanup_free_ char *prefix = strdup(path);
        char *slash;
        int e = prefix ? 0 : -ENOMEM;

        while (e >= 0 && (slash = strrchr(prefix, '/')) && slash[1] != '\0') {
                e = mention_mount(r, prefix);
                if (slash == prefix)
                        break;
                *slash = '\0';
        }
        return e;
}

int registry_link_mention_mounts(Registry *r, Unit *fresh) {
        int e = 0;

        for (Unit *u = fresh; u; u = u->load_next)
                for (char **path = u->requires_mounts_for; path && *path && e >= 0; path++)
                        e = mention_mounts(r, *path);
        return e;
}

bool registry_link_needs_mount(const Unit *u, const Unit *mount) {
        _cleanup_free_ char *where = NULL;

        if (!u->requires_mounts_for || unit_name_to_path(mount->id, &where) < 0)
                return false;
        STRV_FOREACH(path, u->requires_mounts_for)
                if (path_after(*path, where))
                        return true;
        return false;
}

/* What the unit cannot do without is a mount that somebody configured; one that just is there is
 * only waited for. */
static int link_mount(Unit *u, Unit *mount) {
        if (u == mount || mount->load != LOAD_LOADED)
                return 0;
        return dependency_add(
                u, mount->fragment ? DEPENDENCY(AFTER) | DEPENDENCY(REQUIRES) : DEPENDENCY(AFTER),
                mount);
}

static int link_path(const Registry *r, Unit *u, const char *path) {
        _cleanup_free_ char *prefix = strdup(path);
        char *slash;
        int e = prefix ? 0 : -ENOMEM;

        while (e >= 0 && (slash = strrchr(prefix, '/')) && slash[1] != '\0') {
                _cleanup_free_ char *name = NULL;
                Unit *mount = unit_name_from_path(prefix, UNIT_MOUNT, &name) >= 0
                                      ? registry_find(r, name)
                                      : NULL;

                e = mount ? link_mount(u, mount) : 0;
                if (slash == prefix)
                        break;
                *slash = '\0';
        }
        return e;
}

static int link_paths(const Registry *r, Unit *u) {
        int e = 0;

        for (char **path = u->requires_mounts_for; path && *path && e >= 0; path++)
                e = link_path(r, u, *path);
        return e;
}

static int link_to_new_mount(const Registry *r, Unit *mount) {
        int e = 0;

        REGISTRY_FOREACH(u, r)
        if (e >= 0 && registry_link_needs_mount(u, mount))
                e = link_mount(u, mount);
        return e;
}

/* ---- targets ---- */

bool registry_link_orders(const Unit *target, const Unit *other) {
        return target->load == LOAD_LOADED && other->load == LOAD_LOADED &&
               target->settings.default_dependencies && other->settings.default_dependencies &&
               /* the other way round was asked for */
               !(dependency_between(target, other) & DEPENDENCY(BEFORE));
}

/* The pair is listed already, so nothing moves while the lists are walked. */
static int order_target(Unit *target, Unit *other) {
        if (!registry_link_orders(target, other))
                return 0;
        return dependency_add(target, DEPENDENCY(AFTER), other);
}

static int link_targets(Unit *u) {
        DEPENDENCY_FOREACH(d, u, ATOM_TARGET_ORDER)
        if (u->type == UNIT_TARGET && order_target(u, d->other) < 0)
                return -ENOMEM;
        DEPENDENCY_FOREACH(d, u, ATOM_ORDERED_TARGETS)
        if (d->other->type == UNIT_TARGET && order_target(d->other, u) < 0)
                return -ENOMEM;
        return 0;
}

int registry_link_fresh(Registry *r, Unit *fresh) {
        int e = 0;

        for (Unit *u = fresh; u && e >= 0; u = u->load_next) {
                e = link_paths(r, u);
                if (e >= 0 && u->type == UNIT_MOUNT)
                        e = link_to_new_mount(r, u);
                if (e >= 0)
                        e = link_targets(u);
        }
        return MIN_OF(e, 0);
}
