/*
 * A notification ends the unit's job if it can, and notes for whom the change may mean something;
 * dispatching looks at those units later, as they are then.
 *
 * What the engine does by itself to one unit is limited in time, lest two units start and stop each
 * other for ever; when it was too often, it is tried again after a while.
 */
#include "supervisor/manager/unit-notify.h"

#include "base/diag.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/transaction.h"

/* Automatic starts and stops of one unit: this often in this time. */
#define AUTOMATIC_BURST    16
#define AUTOMATIC_INTERVAL (10 * UINT64_C(1000000))

/* What to look at; bits of Unit.checks. */
enum {
        CAME_UP = 1 << 0,   /* without being asked */
        WENT_DOWN = 1 << 1, /* without being asked */
        ON_FAILURE = 1 << 2,
        ON_SUCCESS = 1 << 3,
        IS_NEEDED = 1 << 4, /* StopWhenUnneeded= */
        IS_BOUND = 1 << 5,  /* BindsTo= */
        IS_UPHELD = 1 << 6, /* Upholds= */
        STANDING = IS_NEEDED | IS_BOUND | IS_UPHELD,
};

static void ask(Engine *e, Unit *u, unsigned checks) {
        if (checks == 0)
                return;
        if (u->checks == 0) {
                u->check_next = NULL;
                *e->checks_end = u;
                e->checks_end = &u->check_next;
        }
        u->checks |= checks;
}

static void ask_others(Engine *e, const Unit *u, DependencyAtom atom, unsigned checks) {
        DEPENDENCY_FOREACH(d, u, atom)
        ask(e, d->other, checks);
}

/* All that may depend on whether U is up, and has a job. */
static void ask_around(Engine *e, Unit *u) {
        ask(e, u, STANDING);
        if (unit_state_is_down(u->active)) {
                ask_others(e, u, ATOM_NEEDS_OTHER, IS_NEEDED);
                ask_others(e, u, ATOM_BINDS_OTHER, IS_BOUND);
        } else
                ask_others(e, u, ATOM_UPHOLDS_OTHER, IS_UPHELD);
}

/* ---- the job ---- */

/* What a change to STATE means for a job: a JobResult, or one of these. */
enum { GOES_ON = -1, UNEXPECTED = -2 };

static int judge_start(const Job *j, ActiveState state) {
        if (unit_state_is_up(state))
                return JOB_DONE;
        if (j->state != JOB_RUNNING || state == ACTIVE_ACTIVATING)
                return GOES_ON;
        if (unit_state_is_down(state))
                return state == ACTIVE_FAILED ? JOB_FAILED : JOB_DONE;
        return UNEXPECTED;
}

static int judge_reload(const Job *j, ActiveState state, bool reload_failed) {
        if (j->state != JOB_RUNNING)
                return GOES_ON;
        if (state == ACTIVE_ACTIVE)
                return reload_failed ? JOB_FAILED : JOB_DONE;
        if (state == ACTIVE_ACTIVATING || state == ACTIVE_RELOADING)
                return GOES_ON;
        if (unit_state_is_down(state))
                return state == ACTIVE_FAILED ? JOB_FAILED : JOB_DONE;
        return UNEXPECTED;
}

static int judge_stop(const Job *j, ActiveState state) {
        if (unit_state_is_down(state))
                return JOB_DONE;
        return j->state == JOB_RUNNING && state != ACTIVE_DEACTIVATING ? JOB_FAILED : GOES_ON;
}

static int judge(const Job *j, ActiveState state, bool reload_failed) {
        switch (j->type) {
        case JOB_START:
        case JOB_VERIFY_ACTIVE:
                return judge_start(j, state);
        case JOB_RELOAD:
        case JOB_RELOAD_OR_START:
        case JOB_TRY_RELOAD:
                return judge_reload(j, state, reload_failed);
        case JOB_STOP:
        case JOB_RESTART:
        case JOB_TRY_RESTART:
                return judge_stop(j, state);
        case JOB_NOP:
                break;
        }
        return GOES_ON;
}

/* Ends the unit's job if the change does that. Returns whether no job had asked for the change. */
static bool process_job(Engine *e, Unit *u, bool reload_failed) {
        Job *j = u->job;
        bool stops;
        int verdict;

        if (!j)
                return true;
        stops = job_type_stops(j->type);
        verdict = judge(j, u->active, reload_failed);
        if (j->state == JOB_WAITING)
                job_queue_look_again(e, j);
        if (verdict >= 0)
                job_queue_finish(e, j, (JobResult)verdict);
        if (verdict == UNEXPECTED)
                return true;
        return verdict >= 0 && (stops ? verdict == JOB_FAILED : !unit_state_is_up(u->active));
}

/* ---- the change ---- */

static void note_time(Unit *u, ActiveState before, uint64_t now) {
        ActiveState after = u->active;

        if (unit_state_is_down(before) && !unit_state_is_down(after))
                u->inactive_exit = now;
        else if (!unit_state_is_down(before) && unit_state_is_down(after))
                u->inactive_enter = now;
        if (!unit_state_is_up(before) && unit_state_is_up(after))
                u->active_enter = now;
        else if (unit_state_is_up(before) && !unit_state_is_up(after))
                u->active_exit = now;
}

static void act(Engine *e, Unit *u, uint8_t action, int exit_status, const char *reason) {
        if (action != EMERGENCY_NONE && e->hooks->action)
                e->hooks->action(u, (EmergencyAction)action, exit_status, reason, e->userdata);
}

static void note_end(Engine *e, Unit *u, ActiveState before, bool will_restart) {
        const UnitSettings *s = &u->settings;
        bool failed = u->active == ACTIVE_FAILED && before != ACTIVE_FAILED;
        bool ended = u->active == ACTIVE_INACTIVE && !unit_state_is_down(before) &&
                     before != ACTIVE_MAINTENANCE;

        if (!will_restart)
                ask(e, u, failed ? ON_FAILURE : ended ? ON_SUCCESS : 0);
        if (failed)
                act(e, u, s->failure_action, s->failure_exit_status, "it failed");
        else if (ended)
                act(e, u, s->success_action, s->success_exit_status, "it has ended well");
}

void unit_notify(Engine *e, Unit *u, ActiveState state, NotifyFlags flags) {
        ActiveState before = u->active;
        bool unexpected;

        u->active = state;
        note_time(u, before, e->now);
        if (before != state && e->hooks->unit_changed)
                e->hooks->unit_changed(u, before, e->userdata);
        unexpected = process_job(e, u, flags.reload_failed);
        if (unexpected && unit_state_is_down(before) && unit_state_goes_up(state))
                ask(e, u, CAME_UP);
        if (unexpected && unit_state_goes_up(before) && unit_state_goes_down(state))
                ask(e, u, WENT_DOWN);
        note_end(e, u, before, flags.will_restart);
        ask_around(e, u);
}

void unit_notify_reset_failed(Engine *e, Unit *u) {
        u->start_limit = u->automatic_limit = (RateLimit){ 0 };
        u->start_limit_hit = false;
        if (u->active == ACTIVE_FAILED)
                unit_notify(e, u, ACTIVE_INACTIVE, (NotifyFlags){ 0 });
}

void unit_notify_loaded(Engine *e, Unit *u) {
        ask_around(e, u);
}

void unit_notify_job_over(Engine *e, Unit *u, bool failed) {
        if (failed)
                ask(e, u, ON_FAILURE);
        ask_around(e, u);
}

/* ---- acting on it ---- */

static void request(Engine *e, const Unit *because_of, TransactionRequest r) {
        _cleanup_(diag_done) Diag diag = { 0 };

        transaction_run(e, &r, &diag, NULL);
        if (diag.n > 0 && e->hooks->said)
                e->hooks->said(because_of, &diag, e->userdata);
}

static void request_others(Engine *e, const Unit *u, DependencyAtom atom, TransactionRequest r) {
        DEPENDENCY_FOREACH(d, u, atom) {
                r.unit = d->other;
                request(e, u, r);
        }
}

/* OnFailure= and OnSuccess=. A unit that fails because of what its own failure starts would go on
 * for ever. */
static void trigger(Engine *e, Unit *u, DependencyAtom atom, uint8_t mode) {
        _cleanup_(diag_done) Diag diag = { 0 };
        const TransactionRequest r = { .type = JOB_START, .mode = (JobMode)mode };
        bool any = false;

        DEPENDENCY_FOREACH(d, u, atom)
        any = true;
        if (!any)
                return;
        if (rate_limit_pass(&u->automatic_limit, AUTOMATIC_INTERVAL, AUTOMATIC_BURST, e->now)) {
                request_others(e, u, atom, r);
                return;
        }
        diag_warning(&diag,
                     "%s ended %u times within %u s; what its end starts is left out this time",
                     u->id, (unsigned)AUTOMATIC_BURST, (unsigned)(AUTOMATIC_INTERVAL / 1000000));
        if (e->hooks->said)
                e->hooks->said(u, &diag, e->userdata);
}

/* U came up and nobody had asked the others, which a transaction would have done. Those that it is
 * ordered after are too late. */
static void start_others(Engine *e, const Unit *u, DependencyAtom atom, JobMode mode) {
        DEPENDENCY_FOREACH(d, u, atom)
        if (!(d->kinds & dependency_atoms[ATOM_AFTER]) && !unit_state_goes_up(d->other->active))
                request(e, u,
                        (TransactionRequest){ .unit = d->other, .type = JOB_START, .mode = mode });
}

static void stop_others(Engine *e, const Unit *u, DependencyAtom atom) {
        DEPENDENCY_FOREACH(d, u, atom)
        if (!unit_state_goes_down(d->other->active))
                request(e, u,
                        (TransactionRequest){
                                .unit = d->other, .type = JOB_STOP, .mode = JOB_MODE_REPLACE });
}

/* Whoever runs, or has a job, may need it. */
static bool is_unneeded(const Unit *u) {
        if (!u->settings.stop_when_unneeded || u->active != ACTIVE_ACTIVE || u->job)
                return false;
        DEPENDENCY_FOREACH(d, u, ATOM_PINS_STOP_WHEN_UNNEEDED)
        if (d->other->job || !unit_state_is_down(d->other->active))
                return false;
        return true;
}

static bool is_bound_to_inactive(const Unit *u) {
        if (u->active != ACTIVE_ACTIVE || u->job)
                return false;
        DEPENDENCY_FOREACH(d, u, ATOM_CANNOT_BE_ACTIVE_WITHOUT)
        if (!d->other->job && unit_state_is_down(d->other->active))
                return true;
        return false;
}

static bool is_upheld_by_active(const Unit *u) {
        if (!unit_state_is_down(u->active) || u->job)
                return false;
        DEPENDENCY_FOREACH(d, u, ATOM_START_STEADILY)
        if (!d->other->job && unit_state_is_up(d->other->active))
                return true;
        return false;
}

/* What the engine does to U by itself, as far as it has not done that too often. */
static void request_automatic(Engine *e, Unit *u, JobType type, JobMode mode) {
        if (rate_limit_pass(&u->automatic_limit, AUTOMATIC_INTERVAL, AUTOMATIC_BURST, e->now))
                request(e, u, (TransactionRequest){ .unit = u, .type = type, .mode = mode });
        else if (u->check_again == 0) {
                u->check_again = u->automatic_limit.begin + AUTOMATIC_INTERVAL + 1;
                e->n_again++;
        }
}

static void check_standing(Engine *e, Unit *u, unsigned checks) {
        if ((checks & IS_NEEDED) && is_unneeded(u))
                request_automatic(e, u, JOB_STOP, JOB_MODE_FAIL);
        if ((checks & IS_BOUND) && is_bound_to_inactive(u))
                request_automatic(e, u, JOB_STOP, JOB_MODE_REPLACE);
        if ((checks & IS_UPHELD) && is_upheld_by_active(u))
                request_automatic(e, u, JOB_START, JOB_MODE_FAIL);
}

static void check(Engine *e, Unit *u, unsigned checks) {
        if ((checks & CAME_UP) && unit_state_goes_up(u->active)) {
                start_others(e, u, ATOM_RETROACTIVE_START_REPLACE, JOB_MODE_REPLACE);
                start_others(e, u, ATOM_RETROACTIVE_START_FAIL, JOB_MODE_FAIL);
                stop_others(e, u, ATOM_RETROACTIVE_STOP_ON_START);
        }
        if ((checks & WENT_DOWN) && unit_state_goes_down(u->active))
                stop_others(e, u, ATOM_RETROACTIVE_STOP_ON_STOP);
        if (checks & ON_FAILURE)
                trigger(e, u, ATOM_ON_FAILURE, u->settings.on_failure_job_mode);
        if (checks & ON_SUCCESS)
                trigger(e, u, ATOM_ON_SUCCESS, u->settings.on_success_job_mode);
        check_standing(e, u, checks);
}

bool unit_notify_dispatch(Engine *e) {
        bool any = e->checks != NULL;

        while (e->checks) {
                Unit *u = e->checks;
                unsigned checks = u->checks;

                e->checks = u->check_next;
                if (!e->checks)
                        e->checks_end = &e->checks;
                u->checks = 0;
                check(e, u, checks);
        }
        return any;
}

uint64_t unit_notify_deadline(const Engine *e) {
        uint64_t deadline = UINT64_MAX;

        if (e->n_again == 0)
                return deadline;
        REGISTRY_FOREACH(u, e->registry)
        if (u->check_again != 0)
                deadline = MIN_OF(deadline, u->check_again);
        return deadline;
}

void unit_notify_expire(Engine *e) {
        if (e->n_again == 0)
                return;
        REGISTRY_FOREACH(u, e->registry) {
                if (u->check_again == 0 || u->check_again > e->now)
                        continue;
                u->check_again = 0;
                e->n_again--;
                ask(e, u, STANDING);
        }
}
