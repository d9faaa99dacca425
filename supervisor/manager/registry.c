/*
 * Two structures hold the units: a list, which owns them, and a hash table of names, where a unit
 * stands once for each. The strings of the table are the units' own.
 */
#include "supervisor/manager/registry-inside.h"

#include <string.h>

#include "base/hash.h"

#define HASH_FUNCTION(key, length, value) ((value) = (unsigned)hash_bytes(HASH_EMPTY, key, length))
#define HASH_NONFATAL_OOM                 1
#define uthash_nonfatal_oom(element)      ((element)->failed = true)
#include <uthash.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/registry-link.h"
#include "supervisor/manager/unit-load.h"
#include "supervisor/manager/unit-story.h"
#include "units/load-stamp.h"

struct Name {
        const char *text;
        Unit *unit;
        bool failed; /* no memory to add it */
        UT_hash_handle hh;
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

void registry_drop_aliases(Registry *r, Unit *u) {
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

int registry_follow(const Registry *r, const char *name, char **ret) {
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

void registry_forget(Registry *r, Unit *u) {
        if (r->setup.forget)
                r->setup.forget(u, r->setup.userdata);
        registry_drop_aliases(r, u);
        drop_name(r, u->id, u);
        dependency_drop_all(u);
        unit_story_free(u);
        strv_free(u->requires_mounts_for);
        free(u->fragment);
        free(u->description);
        free(u->id);
        free(u);
        r->n--;
}

void registry_enqueue(Registry *r, Unit *u) {
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
        registry_enqueue(r, u);
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
                e = registry_follow(r, name, &id);
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

/* ---- loading ---- */

static char **names_of(const Unit *u) {
        _cleanup_strv_ char **names = NULL;

        if (strv_add(&names, u->id) < 0 || strv_add_all(&names, u->aliases) < 0)
                return NULL;
        return TAKE_PTR(names);
}

static int set_aliases(Registry *r, Unit *u, char **aliases) {
        int e = 0;

        registry_drop_aliases(r, u);
        u->aliases = aliases;
        for (char **alias = aliases; alias && *alias && e >= 0; alias++) {
                e = add_name(r, *alias, u);
                if (e == -EEXIST) /* it keeps its own unit as long as that is in use */
                        e = 0;
        }
        return e;
}

int registry_stamp(const Registry *r, const Unit *u, uint64_t *ret) {
        _cleanup_strv_ char **names = names_of(u);

        return names ? load_stamp(r->index, names, ret) : -ENOMEM;
}

/* A unit that is loaded again because another one has changed says nothing twice. */
static int load_files(Registry *r, Unit *u, uint64_t before, Diag *diag) {
        _cleanup_(diag_done) Diag own = { 0 };
        bool hears = r->setup.said;
        int e = unit_load(r, u, hears ? &own : diag);

        if (hears && (unit_story_set_remarks(u, &own) || u->stamp != before) && own.n > 0)
                r->setup.said(u, &own, r->setup.userdata);
        return e;
}

static int load_one(Registry *r, Unit *u, Diag *diag) {
        _cleanup_strv_ char **aliases = NULL;
        uint64_t before = u->stamp;
        int e = r->index ? load_index_aliases(r->index, u->id, &aliases) : 0;

        if (e >= 0)
                e = set_aliases(r, u, TAKE_PTR(aliases));
        /* the stamp first: what changes while the files are read is seen the next time */
        if (e >= 0 && r->index)
                e = registry_stamp(r, u, &u->stamp);
        if (e >= 0)
                e = load_files(r, u, before, diag);
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

/* Files that came since the index was made are found without a reload, as long as nobody knows the
 * unit otherwise; what changed of others waits for one. */
static int look_again(Registry *r, Diag *diag) {
        int e;

        if (!r->index || load_stamp_path(r->setup.path) == r->index_stamp)
                return 0;
        e = registry_read_index(r, diag);
        if (e < 0)
                return e;
        REGISTRY_FOREACH(u, r) {
                _cleanup_(load_found_done) LoadFound found = { 0 };

                if (u->load != LOAD_NOT_FOUND || u->data ||
                    load_index_find(r->index, u->id, NULL, &found) <= 0 ||
                    !text_eq(found.id, u->id))
                        continue;
                dependency_drop_own(u);
                registry_enqueue(r, u);
        }
        return 0;
}

int registry_load(Registry *r, const char *name, Diag *diag, Unit **ret) {
        Unit *u = registry_find(r, name);
        int e = u && u->load != LOAD_NOT_FOUND ? 0 : look_again(r, diag);

        if (e >= 0)
                e = registry_get(r, name, &u);

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
                registry_enqueue(r, u);
        e = registry_load_queued(r, diag);
        if (e < 0)
                return e;
        *ret = u;
        return 0;
}

/* ---- beginning and end ---- */

int registry_read_index(Registry *r, Diag *diag) {
        /* first: what comes while the directories are read is seen the next time */
        uint64_t stamp = load_stamp_path(r->setup.path);
        LoadIndex *index;
        int e = load_index_new(r->setup.path, diag, &index);

        if (e < 0)
                return e;
        if (r->index)
                load_index_free(r->index);
        r->index = index;
        r->index_stamp = stamp;
        return 0;
}

int registry_new(const RegistrySetup *setup, Diag *diag, Registry **ret) {
        _cleanup_(registry_freep) Registry *r = calloc(1, sizeof(Registry));
        int e;

        if (!r)
                return -ENOMEM;
        r->setup = *setup;
        r->queue_end = &r->queue;
        e = setup->path ? registry_read_index(r, diag) : 0;
        if (e < 0)
                return e;
        if (r->index)
                r->alias_hash = load_index_alias_hash(r->index);
        *ret = TAKE_PTR(r);
        return 0;
}

void registry_free(Registry *r) {
        while (r->units) {
                Unit *u = r->units;

                r->units = u->next;
                registry_forget(r, u);
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
