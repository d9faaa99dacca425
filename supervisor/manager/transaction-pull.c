/*
 * Which jobs a job brings along. They are found by one walk along the list of planned jobs, which
 * grows at its end while it is walked.
 *
 * A dependency that cannot be had makes the job fail that requires it, and those that require that
 * one; where none of them matters to the request, they are left out with a warning.
 */
#include "base/diag.h"
#include "supervisor/manager/planned.h"
#include "supervisor/manager/unit-story.h"

static int refuse_load(const Unit *u, Diag *diag) {
        const char *remark = unit_story_last_remark(u);

        switch (u->load) {
        case LOAD_LOADED:
                return 0;
        case LOAD_STUB:
        case LOAD_NOT_FOUND:
                return diag_error(diag, -ENOENT, "there is no unit %s", u->id);
        case LOAD_MASKED:
                return diag_error(diag, -ERFKILL, "unit %s is masked", u->id);
        case LOAD_BAD_SETTING:
                return diag_error(diag, -EBADMSG, "unit %s has a bad setting%s%s", u->id,
                                  remark ? ": " : "", remark ? remark : "");
        case LOAD_ERROR:
                return diag_error(diag, -EBADMSG, "the files of unit %s cannot be read%s%s", u->id,
                                  remark ? ": " : "", remark ? remark : "");
        }
        return -EINVAL;
}

static bool is_applicable(const Unit *u, JobType type, void *userdata) {
        bool can_start = u->ops && u->ops->start;
        bool can_stop = u->ops && u->ops->stop && !u->perpetual;

        switch (type) {
        case JOB_START: /* of a device, too: the job waits for it */
        case JOB_VERIFY_ACTIVE:
        case JOB_NOP:
                return true;
        case JOB_STOP:
                return !u->perpetual;
        case JOB_RESTART:
        case JOB_TRY_RESTART:
                return can_start && can_stop;
        case JOB_RELOAD:
        case JOB_TRY_RELOAD:
                return unit_can_reload(u, userdata);
        case JOB_RELOAD_OR_START:
                return can_start && unit_can_reload(u, userdata);
        }
        return false;
}

/* Is there any sense in a job of TYPE for U? */
static int check(const Transaction *t, const Unit *u, JobType type, Diag *diag) {
        int r = type == JOB_STOP ? 0 : refuse_load(u, diag);

        if (r < 0)
                return r;
        if (!is_applicable(u, type, t->engine->userdata))
                return diag_error(diag, -EOPNOTSUPP, "there is no %s of unit %s",
                                  job_type_name(type), u->id);
        return 0;
}

/* How one atom pulls. */
typedef struct Pull {
        DependencyAtom atom;
        JobType type; /* collapsed for each unit; what comes to a "nop" is not pulled in */
        bool matters;
        bool conflicts;
} Pull;

/* A unit that cannot be had is the end of a job that needs it. For one that does not, only what is
 * wrong with the unit itself is worth a word: that it is absent or masked is how things are turned
 * off. */
static int cannot_pull(Transaction *t, Planned *by, const Pull *pull, const Diag *why, int error) {
        const char *text = why->n > 0 ? why->entries[why->n - 1].message : "not enough memory";

        if (error == -EOPNOTSUPP)
                return 0;
        if (pull->matters) {
                if (!by->error) {
                        diag_warning(t->diag, "%s of %s cannot be had: %s", job_type_name(by->type),
                                     by->unit->id, text);
                        transaction_story_leave_out(by, "its %s was left out: %s",
                                                    job_type_name(by->type), text);
                }
                by->error = error;
        } else if (error == -EBADMSG)
                diag_warning(t->diag, "%s goes without a unit that it wants: %s", by->unit->id,
                             text);
        return 0;
}

static int pull_unit(Transaction *t, Planned *by, const Pull *pull, Unit *u) {
        _cleanup_(diag_done) Diag why = { 0 };
        JobType type = job_type_collapse(pull->type, u->active);
        Planned *p;
        int r;

        if (type == JOB_NOP)
                return 0;
        r = check(t, u, type, &why);
        if (r < 0)
                return cannot_pull(t, by, pull, &why, r);
        r = planned_get(t, u, type, &p);
        if (r < 0)
                return r;
        p->ignore_order = p->ignore_order || by->ignore_order;
        return planned_link(by, p, pull->matters, pull->conflicts);
}

static int pull_atom(Transaction *t, Planned *by, const Pull *pull) {
        DEPENDENCY_FOREACH(d, by->unit, pull->atom) {
                int r = pull_unit(t, by, pull, d->other);

                if (r < 0)
                        return r;
        }
        return 0;
}

static int pull_rows(Transaction *t, Planned *by, const Pull *rows, size_t n) {
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++)
                r = pull_atom(t, by, &rows[i]);
        return r;
}

static int pull_for_start(Transaction *t, Planned *by) {
        static const Pull rows[] = {
                { ATOM_PULL_IN_START, JOB_START, true, false },
                { ATOM_PULL_IN_START_IGNORED, JOB_START, false, false },
                { ATOM_PULL_IN_VERIFY, JOB_VERIFY_ACTIVE, true, false },
                { ATOM_PULL_IN_STOP, JOB_STOP, true, true },
                { ATOM_PULL_IN_STOP_IGNORED, JOB_STOP, false, false },
        };

        return pull_rows(t, by, rows, ARRAY_SIZE(rows));
}

/* A restart reaches what is up as a restart; what only the stop reaches is stopped. */
static int pull_for_restart(Transaction *t, Planned *by) {
        static const Pull restart = { ATOM_PROPAGATE_RESTART, JOB_TRY_RESTART, true, false };
        static const Pull stop = { ATOM_PROPAGATE_STOP, JOB_STOP, true, false };
        int r = pull_atom(t, by, &restart);

        if (r < 0)
                return r;
        DEPENDENCY_FOREACH(d, by->unit, ATOM_PROPAGATE_STOP) {
                if (d->kinds & dependency_atoms[ATOM_PROPAGATE_RESTART])
                        continue;
                r = pull_unit(t, by, &stop, d->other);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int pull_for(Transaction *t, Planned *by) {
        static const Pull stop = { ATOM_PROPAGATE_STOP, JOB_STOP, true, false };
        static const Pull reload = { ATOM_PROPAGATES_RELOAD_TO, JOB_TRY_RELOAD, false, false };
        bool restarts = by->type == JOB_RESTART ||
                        (by == t->anchor && t->mode == JOB_MODE_RESTART_DEPENDENCIES);
        int r = 0;

        if (by->type == JOB_START || by->type == JOB_RESTART)
                r = pull_for_start(t, by);
        if (r >= 0 && restarts)
                r = pull_for_restart(t, by);
        if (r >= 0 && by->type == JOB_STOP)
                r = pull_atom(t, by, &stop);
        if (r >= 0 && by->type == JOB_RELOAD)
                r = pull_atom(t, by, &reload);
        return r;
}

/* Leaves out what cannot be had, and what requires it. */
static int drop_failed(Transaction *t) {
        PLANNED_FOREACH(p, t) {
                int error = p->error;

                if (error == 0)
                        continue;
                planned_delete(p);
                if (t->anchor->deleted)
                        return diag_error(t->diag, error,
                                          "%s of %s needs a unit that cannot be had",
                                          job_type_name(t->anchor->type), t->anchor->unit->id);
        }
        return 0;
}

int transaction_pull_all(Transaction *t) {
        bool alone =
                t->mode == JOB_MODE_IGNORE_DEPENDENCIES || t->mode == JOB_MODE_IGNORE_REQUIREMENTS;

        if (alone)
                return 0;
        for (Planned *p = t->first; p; p = p->next) {
                int r = p->pulled ? 0 : pull_for(t, p);

                if (r < 0)
                        return r;
                p->pulled = true;
        }
        return drop_failed(t);
}

int transaction_pull_request(Transaction *t, const TransactionRequest *request) {
        JobType type = job_type_collapse(request->type, request->unit->active);
        int r = check(t, request->unit, request->type, t->diag);

        if (r >= 0)
                r = planned_get(t, request->unit, type, &t->anchor);
        if (r < 0)
                return r;
        t->anchor->ignore_order = t->mode == JOB_MODE_IGNORE_DEPENDENCIES;
        return 0;
}

/* The anchor stops U, unless something else is planned for it or there is nothing to stop. */
static int pull_stop(Transaction *t, Unit *u) {
        static const Pull stop = { ATOM_PULL_IN_STOP, JOB_STOP, true, false };

        if (u->planned || (unit_state_is_down(u->active) && !u->job))
                return 0;
        return pull_unit(t, t->anchor, &stop, u);
}

int transaction_pull_isolate(Transaction *t) {
        int r = 0;

        REGISTRY_FOREACH(u, t->engine->registry) {
                if (!u->settings.ignore_on_isolate && r >= 0)
                        r = pull_stop(t, u);
        }
        return r;
}

int transaction_pull_triggers(Transaction *t) {
        DEPENDENCY_FOREACH(d, t->anchor->unit, ATOM_TRIGGERED_BY) {
                int r = pull_stop(t, d->other);

                if (r < 0)
                        return r;
        }
        return 0;
}
