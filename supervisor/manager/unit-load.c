/*
 * A line that is wrong is named and passed over, as in systemd; a unit that makes no sense as a
 * whole has a bad setting and cannot be started.
 */
#include "supervisor/manager/unit-load.h"

#include <string.h>

#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/unit-check.h"
#include "supervisor/manager/unit-depend.h"
#include "units/load.h"
#include "units/specifier.h"

static SpecifierContext specifiers_of(const Registry *r, const LoadedUnit *l) {
        const LoadPath *path = load_index_path(registry_index(r));

        return (SpecifierContext){
                .unit = l->id,
                .fragment_path = l->fragment,
                .root_fd = text_is_empty(path->root) ? -EBADF : path->root_fd,
        };
}

static int parse(const Registry *r, const LoadedUnit *l, Diag *diag, Config *c) {
        const SpecifierContext specifiers = specifiers_of(r, l);
        const ParseContext context = { .diag = diag, .specifiers = &specifiers };
        int e = 0;

        for (size_t i = 0; i < l->n && e >= 0; i++)
                e = config_parse_text(c, l->files[i].path, l->files[i].text, l->files[i].size,
                                      &context);
        return MIN_OF(e, 0);
}

int unit_load_config(const Registry *r, const Unit *u, Diag *diag, Config *c) {
        _cleanup_(load_done) LoadedUnit l = { 0 };
        int e = registry_index(r) ? load_unit(registry_index(r), u->id, diag, &l) : 0;

        return e < 0 || !registry_index(r) ? e : parse(r, &l, diag, c);
}

/* ---- drop-ins that are to come ---- */

typedef struct Coming {
        const UnitDropin *dropins;
        size_t n;
        const ParseContext *context; /* for these; what is wrong in other files is not news */
        Config *config;
} Coming;

/* Those whose turn is after AFTER (NULL: from the first on) and before BEFORE (NULL: to the last).
 */
static int parse_coming(const Coming *x, const char *after, const char *before) {
        int e = 0;

        for (size_t i = 0; i < x->n && e == 0; i++) {
                const UnitDropin *d = &x->dropins[i];

                if ((after && strcmp(d->name, after) < 0) ||
                    (before && strcmp(d->name, before) >= 0))
                        continue;
                e = config_parse_text(x->config, d->name, d->text, strlen(d->text), x->context);
        }
        return e > 0 ? -EINVAL : e;
}

static bool is_replaced(const Coming *x, const char *name) {
        for (size_t i = 0; i < x->n; i++)
                if (text_eq(x->dropins[i].name, name))
                        return true;
        return false;
}

static int parse_with(const LoadedUnit *l, const Coming *x) {
        const ParseContext silent = { .specifiers = x->context->specifiers };
        const char *last = NULL;
        int e = 0;

        for (size_t i = 0; i < l->n && e >= 0; i++) {
                const LoadedFile *f = &l->files[i];
                bool is_main = l->fragment && i == 0;
                const char *name = is_main ? NULL : path_last(f->path);

                if (name) {
                        e = parse_coming(x, last, name);
                        last = name;
                }
                if (e >= 0 && !(name && is_replaced(x, name)))
                        e = MIN_OF(config_parse_text(x->config, NULL, f->text, f->size, &silent),
                                   0);
        }
        return e < 0 ? e : parse_coming(x, last, NULL);
}

int unit_load_check(const Registry *r, const Unit *u, const UnitDropin *dropins, size_t n,
                    Diag *diag) {
        _cleanup_(load_done) LoadedUnit l = { 0 };
        _cleanup_(config_done) Config c;
        SpecifierContext specifiers;
        const ParseContext context = { .diag = diag, .specifiers = &specifiers };
        int e = config_init(&c);

        if (e >= 0 && registry_index(r))
                e = load_unit(registry_index(r), u->id, diag, &l);
        if (e < 0 || !registry_index(r))
                return e;
        specifiers = specifiers_of(r, &l);
        e = parse_with(&l, &(Coming){ dropins, n, &context, &c });
        return e < 0 ? e : unit_check(u, &c, diag);
}

/* ---- loading ---- */

static void take_settings(Unit *u, const Config *c) {
        const Directive *ignore = directive_find(SECTION_UNIT, "IgnoreOnIsolate");
        const Directive *timeout = directive_find(SECTION_UNIT, "JobRunningTimeoutSec");
        const Directive *failure = directive_find(SECTION_UNIT, "FailureActionExitStatus");
        const Directive *success = directive_find(SECTION_UNIT, "SuccessActionExitStatus");
        UnitSettings *s = &u->settings;

        s->job_timeout = c->job_timeout_sec;
        /* as systemd has it: JobTimeoutSec= bounds the running time, too, where that is not set */
        if (config_is_assigned(c, timeout))
                s->job_running_timeout = c->job_running_timeout_sec;
        s->start_limit_interval = c->start_limit_interval_sec;
        s->start_limit_burst = (uint32_t)c->start_limit_burst;
        if (config_is_assigned(c, failure))
                s->failure_exit_status = (int16_t)c->failure_action_exit_status;
        if (config_is_assigned(c, success))
                s->success_exit_status = (int16_t)c->success_action_exit_status;
        s->on_failure_job_mode =
                (uint8_t)(c->on_failure_isolate ? JOB_MODE_ISOLATE : c->on_failure_job_mode);
        s->on_success_job_mode = (uint8_t)c->on_success_job_mode;
        s->start_limit_action = (uint8_t)c->start_limit_action;
        s->failure_action = (uint8_t)c->failure_action;
        s->success_action = (uint8_t)c->success_action;
        s->job_timeout_action = (uint8_t)c->job_timeout_action;
        s->default_dependencies = c->default_dependencies;
        s->stop_when_unneeded = c->stop_when_unneeded;
        s->refuse_manual_start = c->refuse_manual_start;
        s->refuse_manual_stop = c->refuse_manual_stop;
        s->allow_isolate = c->allow_isolate;
        if (config_is_assigned(c, ignore))
                s->ignore_on_isolate = c->ignore_on_isolate;
        s->has_conditions = c->conditions.n > 0;
        s->has_asserts = c->asserts.n > 0;
        s->collect_failed = c->collect_mode == COLLECT_INACTIVE_OR_FAILED;
}

/* Can the unit do without a main file? */
static bool needs_fragment(const Unit *u) {
        return !u->external && !u->perpetual && u->type != UNIT_SLICE && u->type != UNIT_DEVICE;
}

static int load_settings(Registry *r, Unit *u, const LoadedUnit *l, Diag *diag) {
        _cleanup_(config_done) Config c;
        int e = config_init(&c);

        if (e >= 0)
                e = parse(r, l, diag, &c);
        if (e == -ENOMEM)
                return e;
        if (e < 0) {
                u->load = LOAD_ERROR;
                return 0;
        }
        take_settings(u, &c);
        u->description = TAKE_PTR(c.description);
        u->load = unit_check(u, &c, diag) < 0 ? LOAD_BAD_SETTING : LOAD_LOADED;
        return u->load == LOAD_LOADED ? unit_depend(r, u, &c, diag) : 0;
}

static int take_files(Registry *r, Unit *u, const LoadedUnit *l, Diag *diag) {
        u->fragment = l->fragment ? strdup(l->fragment) : NULL;
        if (l->fragment && !u->fragment)
                return -ENOMEM;
        if (l->masked) {
                u->load = LOAD_MASKED;
                return 0;
        }
        if (!text_eq(l->id, u->id)) {
                diag_warning(diag,
                             "%s is an alias of %s now; it stays a unit of its own until it "
                             "has ended",
                             u->id, l->id);
                u->load = LOAD_NOT_FOUND;
                return 0;
        }
        if (!u->fragment && needs_fragment(u)) {
                u->load = LOAD_NOT_FOUND;
                return 0;
        }
        return load_settings(r, u, l, diag);
}

static int load_files(Registry *r, Unit *u, Diag *diag) {
        _cleanup_(load_done) LoadedUnit l = { 0 };
        int e = load_unit(registry_index(r), u->id, diag, &l);

        if (e == -ENOMEM)
                return e;
        if (e < 0) {
                u->load = LOAD_ERROR;
                return 0;
        }
        return take_files(r, u, &l, diag);
}

int unit_load(Registry *r, Unit *u, Diag *diag) {
        const char *outer = diag ? diag->file : NULL;
        int e = 0;

        strv_free(u->requires_mounts_for);
        u->requires_mounts_for = NULL;
        free(u->fragment);
        u->fragment = NULL;
        free(u->description);
        u->description = NULL;
        u->slice = NULL;
        unit_settings_default(&u->settings, u->type);
        if (registry_index(r))
                e = load_files(r, u, diag);
        else
                u->load = needs_fragment(u) ? LOAD_NOT_FOUND : LOAD_LOADED;
        if (diag)
                diag->file = outer;
        return e;
}
