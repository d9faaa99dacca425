/*
 * daemon-reload: which units are not as they were on disk, and which have to be judged anew because
 * of them. When a name has changed its meaning, which is rare, all are loaded again.
 *
 * A target is ordered after what it pulls in if both agree (registry-link.h). A unit that was read
 * again makes that order itself; the target, which may have thousands of links, is read again only
 * where the order stands and should not any more.
 */
#include "base/text.h"
#include "supervisor/manager/registry-inside.h"
#include "supervisor/manager/registry-link.h"

/* Marks U, and whatever has dependencies that were derived from what U's files say. */
static void mark_changed(Registry *r, Unit *u) {
        u->marked = true;
        if (u->type != UNIT_MOUNT)
                return;
        REGISTRY_FOREACH(other, r)
        if (registry_link_needs_mount(other, u))
                other->marked = true;
}

static int mark_by_stamp(Registry *r, Unit *u) {
        uint64_t now;
        int e = registry_stamp(r, u, &now);

        if (e >= 0 && now != u->stamp)
                mark_changed(r, u);
        return e;
}

static int mark_all(Registry *r, bool all) {
        int e = 0;

        REGISTRY_FOREACH(u, r)
        u->marked = all;
        REGISTRY_FOREACH(u, r)
        if (!all && e >= 0)
                e = mark_by_stamp(r, u);
        return e;
}

/* Has the id of U, which is not in use, become an alias? */
static bool is_renamed(const Registry *r, const Unit *u) {
        _cleanup_free_ char *id = NULL;

        return registry_collect_permits(u) && registry_follow(r, u->id, &id) >= 0 &&
               !text_eq(id, u->id);
}

/* Names changed their meaning: each unit is known by its id alone until it is loaded. One whose id
 * has become an alias of another unit stays what it is as long as it is in use. */
static void forget_aliases(Registry *r) {
        for (Unit **at = &r->units; *at;) {
                Unit *u = *at;

                registry_drop_aliases(r, u);
                if (!is_renamed(r, u)) {
                        at = &u->next;
                        continue;
                }
                *at = u->next;
                registry_forget(r, u);
        }
}

static int requeue_marked(Registry *r) {
        int n = 0;

        REGISTRY_FOREACH(u, r) {
                if (!u->marked)
                        continue;
                dependency_drop_own(u);
                registry_enqueue(r, u);
                n++;
        }
        return n;
}

/* Is the order that D, which belongs to U, stands for one that the target has, and has no more? */
static bool is_stale(const Unit *u, const Dependency *d) {
        return d->other->type == UNIT_TARGET && (d->kinds & DEPENDENCY(BEFORE)) &&
               !(d->own & DEPENDENCY(BEFORE)) && !registry_link_orders(d->other, u);
}

/* Queues the targets whose order is not theirs any more. Returns how many. */
static int requeue_targets(Registry *r) {
        int n = 0;

        REGISTRY_FOREACH(u, r) {
                if (!u->marked)
                        continue;
                DEPENDENCY_FOREACH(d, u, ATOM_ORDERED_TARGETS)
                if (!d->other->marked && is_stale(u, d))
                        d->other->load = LOAD_STUB;
        }
        REGISTRY_FOREACH(u, r) {
                if (u->load != LOAD_STUB)
                        continue;
                u->marked = true;
                dependency_drop_own(u);
                registry_enqueue(r, u);
                n++;
        }
        return n;
}

static int load_marked(Registry *r, Diag *diag) {
        int n = requeue_marked(r), e = registry_load_queued(r, diag);

        if (e >= 0) {
                n += requeue_targets(r);
                e = registry_load_queued(r, diag);
        }
        return e < 0 ? e : n;
}

int registry_reload(Registry *r, Diag *diag) {
        uint64_t alias_hash = r->alias_hash;
        bool renamed;
        int e;

        if (!r->index)
                return 0;
        e = registry_read_index(r, diag);
        if (e < 0)
                return e;
        r->alias_hash = load_index_alias_hash(r->index);
        renamed = r->alias_hash != alias_hash;
        if (renamed)
                forget_aliases(r);
        e = mark_all(r, renamed);
        return e < 0 ? e : load_marked(r, diag);
}
