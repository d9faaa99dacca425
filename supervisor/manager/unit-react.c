/*
 * Units that something may follow for stand in a queue, each once, with what to look at. They are
 * looked at as they are when their turn comes.
 *
 * What the engine does by itself to one unit is limited in time, lest two units start and stop each
 * other for ever; when it was too often, it is tried again after a while.
 */
#include "supervisor/manager/unit-react.h"

#include "base/diag.h"
#include "supervisor/manager/transaction.h"

/* Automatic starts and stops of one unit: this often in this time. */
#define AUTOMATIC_BURST    16
#define AUTOMATIC_INTERVAL (10 * UINT64_C(1000000))

void unit_react_ask(Engine *e, Unit *u, unsigned checks) {
        if (checks == 0)
                return;
        if (u->checks == 0) {
                u->check_next = NULL;
                *e->checks_end = u;
                e->checks_end = &u->check_next;
        }
        u->checks |= checks;
}

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
        if ((checks & CHECK_IS_NEEDED) && is_unneeded(u))
                request_automatic(e, u, JOB_STOP, JOB_MODE_FAIL);
        if ((checks & CHECK_IS_BOUND) && is_bound_to_inactive(u))
                request_automatic(e, u, JOB_STOP, JOB_MODE_REPLACE);
        if ((checks & CHECK_IS_UPHELD) && is_upheld_by_active(u))
                request_automatic(e, u, JOB_START, JOB_MODE_FAIL);
}

static void check(Engine *e, Unit *u, unsigned checks) {
        if ((checks & CHECK_CAME_UP) && unit_state_goes_up(u->active)) {
                start_others(e, u, ATOM_RETROACTIVE_START_REPLACE, JOB_MODE_REPLACE);
                start_others(e, u, ATOM_RETROACTIVE_START_FAIL, JOB_MODE_FAIL);
                stop_others(e, u, ATOM_RETROACTIVE_STOP_ON_START);
        }
        if ((checks & CHECK_WENT_DOWN) && unit_state_goes_down(u->active))
                stop_others(e, u, ATOM_RETROACTIVE_STOP_ON_STOP);
        if (checks & CHECK_ON_FAILURE)
                trigger(e, u, ATOM_ON_FAILURE, u->settings.on_failure_job_mode);
        if (checks & CHECK_ON_SUCCESS)
                trigger(e, u, ATOM_ON_SUCCESS, u->settings.on_success_job_mode);
        check_standing(e, u, checks);
}

bool unit_react_dispatch(Engine *e) {
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

uint64_t unit_react_deadline(const Engine *e) {
        uint64_t deadline = UINT64_MAX;

        if (e->n_again == 0)
                return deadline;
        REGISTRY_FOREACH(u, e->registry)
        if (u->check_again != 0)
                deadline = MIN_OF(deadline, u->check_again);
        return deadline;
}

void unit_react_expire(Engine *e) {
        if (e->n_again == 0)
                return;
        REGISTRY_FOREACH(u, e->registry) {
                if (u->check_again == 0 || u->check_again > e->now)
                        continue;
                u->check_again = 0;
                e->n_again--;
                unit_react_ask(e, u, CHECK_STANDING);
        }
}
