/* A small world for tests of the job engine: units without files, of a type whose starts and stops
 * take virtual time and may fail. Everything is recorded in "said". */
#pragma once

#include <stdio.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/transaction.h"
#include "supervisor/manager/unit-notify.h"

typedef struct Fake {
        uint64_t start_takes, stop_takes; /* 0: at once, before the operation returns */
        bool start_fails, stop_fails;
        bool oneshot;       /* inactive as soon as it has started */
        bool condition_off; /* ConditionX= does not hold */
        bool assert_off;
        bool by_steps; /* tells of "activating" also when it takes no time */
        uint64_t due;  /* when what is going on ends; 0: nothing is */
        ActiveState then;
        unsigned starts; /* how often it was started */
} Fake;

typedef struct World {
        Registry *registry;
        Engine engine;
        StrBuf said; /* "+a" job came, "-a/start:done" job went, "a=active" */
        bool quiet;
        Diag diag; /* of requests, and of what the engine thought of itself */
} World;

static Fake *fake_of(const Unit *u) {
        return u->data;
}

/* Changes now, or later. */
static void fake_go(World *w, Unit *u, uint64_t takes, ActiveState by_way_of, ActiveState then) {
        Fake *f = fake_of(u);

        if (takes == 0) {
                f->due = 0;
                if (f->by_steps)
                        unit_notify(&w->engine, u, by_way_of, (NotifyFlags){ 0 });
                unit_notify(&w->engine, u, then, (NotifyFlags){ 0 });
                return;
        }
        f->due = w->engine.now + takes;
        f->then = then;
        unit_notify(&w->engine, u, by_way_of, (NotifyFlags){ 0 });
}

static int fake_start(Unit *u, void *userdata) {
        const Fake *f = fake_of(u);

        fake_of(u)->starts++;
        fake_go(userdata, u, f->start_takes, ACTIVE_ACTIVATING,
                f->start_fails ? ACTIVE_FAILED
                : f->oneshot   ? ACTIVE_INACTIVE
                               : ACTIVE_ACTIVE);
        return UNIT_BEGUN;
}

static int fake_stop(Unit *u, void *userdata) {
        const Fake *f = fake_of(u);

        fake_go(userdata, u, f->stop_takes, ACTIVE_DEACTIVATING,
                f->stop_fails ? ACTIVE_FAILED : ACTIVE_INACTIVE);
        return UNIT_BEGUN;
}

static int fake_reload(Unit *u, void *userdata) {
        fake_go(userdata, u, fake_of(u)->start_takes, ACTIVE_RELOADING, ACTIVE_ACTIVE);
        return UNIT_BEGUN;
}

static void fake_forget(Unit *u, void *userdata) {
        free(u->data);
}

static const UnitOps fake_service = {
        .start = fake_start, .stop = fake_stop, .reload = fake_reload, .start_limited = true
};
static const UnitOps fake_target = { .start = fake_start, .stop = fake_stop };
static const UnitOps fake_device = { .collects_jobs = true };
static const UnitOps *const fake_ops[UNIT_TYPES] = {
        [UNIT_SERVICE] = &fake_service,
        [UNIT_TARGET] = &fake_target,
        [UNIT_DEVICE] = &fake_device,
};

/* "a" of "a.service"; other types in full. */
static const char *short_name(const Unit *u, char ret[static UNIT_NAME_MAX]) {
        snprintf(ret, UNIT_NAME_MAX, "%s", u->id);
        if (text_ends_with(ret, ".service"))
                *strrchr(ret, '.') = '\0';
        return ret;
}

static void world_job_new(const Job *j, void *userdata) {
        World *w = userdata;
        char name[UNIT_NAME_MAX];

        if (!w->quiet)
                strbuf_addf(&w->said, "+%s/%s ", short_name(j->unit, name), job_type_name(j->type));
}

static void world_job_removed(const Job *j, void *userdata) {
        World *w = userdata;
        char name[UNIT_NAME_MAX];

        if (!w->quiet)
                strbuf_addf(&w->said, "-%s/%s:%s ", short_name(j->unit, name),
                            job_type_name(j->type), job_type_result_name(j->result));
}

static void world_unit_changed(Unit *u, ActiveState before, void *userdata) {
        World *w = userdata;
        char name[UNIT_NAME_MAX];

        if (!w->quiet)
                strbuf_addf(&w->said, "%s=%s ", short_name(u, name),
                            unit_state_active_name(u->active));
}

static void world_said(const Unit *u, const Diag *diag, void *userdata) {
        World *w = userdata;

        for (size_t i = 0; i < diag->n; i++)
                diag_warning(&w->diag, "%s: %s", u->id, diag->entries[i].message);
}

static void world_action(Unit *u, EmergencyAction action, int exit_status, const char *reason,
                         void *userdata) {
        World *w = userdata;
        char name[UNIT_NAME_MAX];

        strbuf_addf(&w->said, "%s!%d/%d ", short_name(u, name), (int)action, exit_status);
}

static bool world_conditions(Unit *u, void *userdata) {
        return !fake_of(u)->condition_off;
}

static bool world_asserts(Unit *u, void *userdata) {
        return !fake_of(u)->assert_off;
}

static const EngineHooks world_hooks = {
        .conditions_hold = world_conditions,
        .asserts_hold = world_asserts,
        .job_new = world_job_new,
        .job_removed = world_job_removed,
        .unit_changed = world_unit_changed,
        .said = world_said,
        .action = world_action,
};

static void world_init(World *w) {
        const RegistrySetup setup = { .ops = fake_ops, .forget = fake_forget };

        *w = (World){ .quiet = false };
        assert_int_equal(registry_new(&setup, NULL, &w->registry), 0);
        engine_init(&w->engine, w->registry, &world_hooks, w);
        w->engine.now = 1000;
}

static void world_done(World *w) {
        engine_done(&w->engine);
        registry_free(w->registry);
        strbuf_done(&w->said);
        diag_done(&w->diag);
}

/* The unit "a.service", or one of another type by its full name; made when first asked for. */
static Unit *world_unit(World *w, const char *name) {
        char full[UNIT_NAME_MAX];
        Unit *u;

        snprintf(full, sizeof(full), "%s%s", name, strchr(name, '.') ? "" : ".service");
        u = registry_find(w->registry, full);
        if (u)
                return u;
        assert_int_equal(registry_add(w->registry, full, NULL, &u), 0);
        u->data = calloc(1, sizeof(Fake));
        assert_non_null(u->data);
        return u;
}

/* "a Requires b, a After b" */
_unused_ static void world_depend(World *w, const char *text) {
        _cleanup_free_ char *copy = strdup(text);
        char *rest = copy, *one;

        assert_non_null(copy);
        while ((one = strsep(&rest, ","))) {
                const char *a, *kind, *b;
                int k;

                one += strspn(one, " ");
                a = strsep(&one, " ");
                kind = strsep(&one, " ");
                b = one;
                k = dependency_from_name(kind);
                assert_true(k >= 0);
                assert_true(dependency_add(world_unit(w, a), UINT32_C(1) << k, world_unit(w, b)) >=
                            0);
        }
}

/* Advances to the next end of a fake operation; false when there is none. */
_unused_ static bool world_step(World *w) {
        Unit *next = NULL;

        REGISTRY_FOREACH(u, w->registry)
        if (fake_of(u)->due && (!next || fake_of(u)->due < fake_of(next)->due))
                next = u;
        if (!next)
                return false;
        w->engine.now = MAX_OF(w->engine.now, fake_of(next)->due);
        fake_of(next)->due = 0;
        unit_notify(&w->engine, next, fake_of(next)->then, (NotifyFlags){ 0 });
        job_queue_run(&w->engine);
        return true;
}
