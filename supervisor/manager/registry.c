/*
 * Two structures hold the units: a list, which owns them, and a hash table of names, where a unit
 * stands once for each. The strings of the table are the units' own.
 */
#include "supervisor/manager/registry.h"

#include <string.h>

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) ((element)->failed = true)
#include <uthash.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/registry-link.h"
#include "supervisor/manager/unit-load.h"
#include "units/load-stamp.h"

typedef struct Name {
        const char *text;
        Unit *unit;
        bool failed; /* no memory to add it */
        UT_hash_handle hh;
} Name;

struct Registry {
        RegistrySetup setup;
        LoadIndex *index;
        Name *names;
        Unit *units;
        size_t n;
        Unit *queue, **queue_end; /* units to load */
        Unit *fresh;              /* loaded since the last linking */
};

/* ---- names ---- */

static int add_name(Registry *r, const char *text, Unit *u) {
        Name *n;

        HASH_FIND_STR(r->names, text, n);
        if (n)
                return n->unit == u ? 0 : -EEXIST;
        n = calloc(1, sizeof(Name));
        if (!n)
                return -ENOMEM;
        n->text = text;
        n->unit = u;
        HASH_ADD_KEYPTR(hh, r->names, n->text, strlen(n->text), n);
        if (n->failed) {
                free(n);
                return -ENOMEM;
        }
        return 0;
}

static void drop_name(Registry *r, const char *text, const Unit *u) {
        Name *n;

        HASH_FIND_STR(r->names, text, n);
        if (!n || n->unit != u)
                return;
        HASH_DEL(r->names, n);
        free(n);
}

static void drop_aliases(Registry *r, Unit *u) {
        STRV_FOREACH(alias, u->aliases)
                drop_name(r, *alias, u);
        strv_free(u->aliases);
        u->aliases = NULL;
}

Unit *registry_find(const Registry *r, const char *name) {
        Name *n;

        HASH_FIND_STR(r->names, name, n);
        return n ? n->unit : NULL;
}

/* The name behind NAME; a circle of aliases is left for loading to complain about. */
static int follow(const Registry *r, const char *name, char **ret) {
        _cleanup_(load_found_done) LoadFound found = { 0 };
        int e = r->index ? load_index_find(r->index, name, NULL, &found) : 0;

        if (e == -ENOMEM)
                return e;
        *ret = e > 0 ? TAKE_PTR(found.id) : strdup(name);
        return *ret ? 0 : -ENOMEM;
}

bool registry_has(const Registry *r, const char *name) {
        _cleanup_(load_found_done) LoadFound found = { 0 };

        if (registry_find(r, name))
                return true;
        return r->index && load_index_find(r->index, name, NULL, &found) > 0;
}

/* ---- units ---- */

/* Units that the manager itself consists of: systemd.special(7). */
static bool is_perpetual(const char *id) {
        static const char *const names[] = { "-.slice", "system.slice", "-.mount", "init.scope" };

        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                if (text_eq(names[i], id))
                        return true;
        return false;
}

static void free_unit(Registry *r, Unit *u) {
        if (r->setup.forget)
                r->setup.forget(u, r->setup.userdata);
        drop_aliases(r, u);
        drop_name(r, u->id, u);
        dependency_drop_all(u);
        strv_free(u->requires_mounts_for);
        free(u->fragment);
        free(u->id);
        free(u);
        r->n--;
}

static void enqueue(Registry *r, Unit *u) {
        u->load = LOAD_STUB;
        u->load_next = NULL;
        *r->queue_end = u;
        r->queue_end = &u->load_next;
}

static int make(Registry *r, char *id, Unit **ret) {
        Unit *u = calloc(1, sizeof(Unit));

        if (!u)
                return -ENOMEM;
        u->id = id;
        u->type = (UnitType)unit_name_type(id);
        u->ops = r->setup.ops ? r->setup.ops[u->type] : NULL;
        u->perpetual = is_perpetual(id);
        u->active = u->perpetual ? ACTIVE_ACTIVE : ACTIVE_INACTIVE;
        unit_settings_default(&u->settings, u->type);
        if (add_name(r, id, u) < 0) {
                free(u);
                return -ENOMEM;
        }
        u->next = r->units;
        r->units = u;
        r->n++;
        enqueue(r, u);
        *ret = u;
        return 0;
}

int registry_get(Registry *r, const char *name, Unit **ret) {
        _cleanup_free_ char *id = NULL;
        Unit *u = registry_find(r, name);
        int kind = unit_name_kind(name), e = 0;

        if (kind < 0 || kind == UNIT_NAME_TEMPLATE)
                return -EINVAL;
        if (!u) {
                e = follow(r, name, &id);
                if (e < 0)
                        return e;
                u = registry_find(r, id);
        }
        if (!u) {
                e = make(r, id, &u);
                if (e < 0)
                        return e;
                TAKE_PTR(id);
        }
        *ret = u;
        return 0;
}

/* Could nobody tell the difference if U were forgotten? */
static bool may_go(const Unit *u) {
        if (u->perpetual || u->job || u->nop_job || u->pins > 0 || u->checks != 0 ||
            u->check_again != 0 || u->load == LOAD_STUB)
                return false;
        if (u->active == ACTIVE_FAILED)
                return u->settings.collect_failed;
        return u->active == ACTIVE_INACTIVE;
}

/* ---- loading ---- */

static char **names_of(const Unit *u) {
        _cleanup_strv_ char **names = NULL;

        if (strv_add(&names, u->id) < 0 || strv_add_all(&names, u->aliases) < 0)
                return NULL;
        return TAKE_PTR(names);
}

static int set_aliases(Registry *r, Unit *u, char **aliases) {
        int e = 0;

        drop_aliases(r, u);
        u->aliases = aliases;
        for (char **alias = aliases; alias && *alias && e >= 0; alias++) {
                e = add_name(r, *alias, u);
                if (e == -EEXIST) /* it keeps its own unit as long as that is in use */
                        e = 0;
        }
        return e;
}

static int stamp(const Registry *r, const Unit *u, uint64_t *ret) {
        _cleanup_strv_ char **names = names_of(u);

        return names ? load_stamp(r->index, names, ret) : -ENOMEM;
}

static int load_one(Registry *r, Unit *u, Diag *diag) {
        _cleanup_strv_ char **aliases = NULL;
        int e = r->index ? load_index_aliases(r->index, u->id, &aliases) : 0;

        if (e >= 0)
                e = set_aliases(r, u, TAKE_PTR(aliases));
        /* the stamp first: what changes while the files are read is seen the next time */
        if (e >= 0 && r->index)
                e = stamp(r, u, &u->stamp);
        if (e >= 0)
                e = unit_load(r, u, diag);
        u->load_next = r->fresh;
        r->fresh = u;
        return e;
}

static int load_stubs(Registry *r, Diag *diag) {
        int e = 0;

        while (r->queue && e >= 0) {
                Unit *u = r->queue;

                r->queue = u->load_next;
                if (!r->queue)
                        r->queue_end = &r->queue;
                e = load_one(r, u, diag);
        }
        return e;
}

int registry_load_queued(Registry *r, Diag *diag) {
        int e;

        do {
                e = load_stubs(r, diag);
                if (e >= 0)
                        e = registry_link_mention_mounts(r, r->fresh);
        } while (e >= 0 && r->queue);
        if (e >= 0)
                e = registry_link_fresh(r, r->fresh);
        if (e >= 0)
                r->fresh = NULL;
        return e;
}

int registry_load(Registry *r, const char *name, Diag *diag, Unit **ret) {
        Unit *u;
        int e = registry_get(r, name, &u);

        if (e >= 0)
                e = registry_load_queued(r, diag);
        if (e < 0)
                return e;
        *ret = u;
        return 0;
}

int registry_add(Registry *r, const char *name, Diag *diag, Unit **ret) {
        Unit *u;
        int e = registry_get(r, name, &u);

        if (e < 0)
                return e;
        if (u->load == LOAD_LOADED && u->fragment)
                return -EEXIST;
        u->external = true;
        if (u->load != LOAD_STUB)
                enqueue(r, u);
        e = registry_load_queued(r, diag);
        if (e < 0)
                return e;
        *ret = u;
        return 0;
}

/* ---- reloading ---- */

/* Marks U, and whatever has dependencies that were derived from what U's files say. */
static void mark_changed(Registry *r, Unit *u) {
        u->marked = true;
        DEPENDENCY_FOREACH(d, u, ATOM_ORDERED_TARGETS)
        if (d->other->type == UNIT_TARGET)
                d->other->marked = true;
        if (u->type != UNIT_MOUNT)
                return;
        REGISTRY_FOREACH(other, r)
        if (registry_link_needs_mount(other, u))
                other->marked = true;
}

static int mark_by_stamp(Registry *r, Unit *u) {
        uint64_t now;
        int e = stamp(r, u, &now);

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

        return may_go(u) && follow(r, u->id, &id) >= 0 && !text_eq(id, u->id);
}

/* Names changed their meaning: each unit is known by its id alone until it is loaded. One whose id
 * has become an alias of another unit stays what it is as long as it is in use. */
static void forget_aliases(Registry *r) {
        for (Unit **at = &r->units; *at;) {
                Unit *u = *at;

                drop_aliases(r, u);
                if (!is_renamed(r, u)) {
                        at = &u->next;
                        continue;
                }
                *at = u->next;
                free_unit(r, u);
        }
}

static int requeue_marked(Registry *r) {
        int n = 0;

        REGISTRY_FOREACH(u, r) {
                if (!u->marked)
                        continue;
                dependency_drop_own(u);
                enqueue(r, u);
                n++;
        }
        return n;
}

int registry_reload(Registry *r, Diag *diag) {
        LoadIndex *index = NULL;
        bool renamed;
        int e, n;

        if (!r->index)
                return 0;
        e = load_index_new(r->setup.path, diag, &index);
        if (e < 0)
                return e;
        renamed = load_index_alias_hash(index) != load_index_alias_hash(r->index);
        load_index_free(r->index);
        r->index = index;
        if (renamed)
                forget_aliases(r);
        e = mark_all(r, renamed);
        if (e < 0)
                return e;
        n = requeue_marked(r);
        e = registry_load_queued(r, diag);
        return e < 0 ? e : n;
}

/* ---- forgetting ---- */

/* Marks all that stays: what may not go, and what is mentioned by something that stays. */
static void mark_needed(Registry *r) {
        Unit *todo = NULL;

        REGISTRY_FOREACH(u, r) {
                u->marked = !may_go(u);
                if (!u->marked)
                        continue;
                u->load_next = todo;
                todo = u;
        }
        while (todo) {
                Unit *u = todo;

                todo = u->load_next;
                for (size_t i = 0; i < u->dependencies.n; i++) {
                        Unit *other = u->dependencies.items[i].other;

                        if (other->marked || u->dependencies.items[i].own == 0)
                                continue;
                        other->marked = true;
                        other->load_next = todo;
                        todo = other;
                }
        }
}

size_t registry_collect(Registry *r) {
        Unit **at = &r->units;
        size_t before = r->n;

        mark_needed(r);
        while (*at) {
                Unit *u = *at;

                if (u->marked) {
                        at = &u->next;
                        continue;
                }
                *at = u->next;
                free_unit(r, u);
        }
        return before - r->n;
}

/* ---- beginning and end ---- */

int registry_new(const RegistrySetup *setup, Diag *diag, Registry **ret) {
        _cleanup_(registry_freep) Registry *r = calloc(1, sizeof(Registry));
        int e;

        if (!r)
                return -ENOMEM;
        r->setup = *setup;
        r->queue_end = &r->queue;
        e = setup->path ? load_index_new(setup->path, diag, &r->index) : 0;
        if (e < 0)
                return e;
        *ret = TAKE_PTR(r);
        return 0;
}

void registry_free(Registry *r) {
        while (r->units) {
                Unit *u = r->units;

                r->units = u->next;
                free_unit(r, u);
        }
        if (r->index)
                load_index_free(r->index);
        free(r);
}

const LoadIndex *registry_index(const Registry *r) {
        return r->index;
}

size_t registry_size(const Registry *r) {
        return r->n;
}

Unit *registry_first(const Registry *r) {
        return r->units;
}
