/*
 * Units that something may follow for stand in a queue, each once, with what to look at. They are
 * looked at as they are when their turn comes.
 *
 * What the engine does by itself to one unit is limited in time, lest two units start and stop each
 * other for ever; when it was too often, it is tried again after a while.
 */
#include "supervisor/manager/unit-react.h"

#include "base/diag.h"
#include "base/strbuf.h"
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

/* Asks for R, and says for whom: "OnFailure= of a.service". */
static _printf_(4, 5) void request_for(Engine *e, const Unit *u, TransactionRequest r,
                                       const char *format, ...) {
        _cleanup_(strbuf_done) StrBuf text = { 0 };
        va_list ap;

        va_start(ap, format);
        strbuf_addv(&text, format, ap);
        va_end(ap);
        r.asked_by = text.error >= 0 ? text.text : NULL;
        request(e, u, r);
}

/* "Requires=" of U or, from the other end, of D's unit: a kind that has ATOM. */
static const char *kind_of(const Dependency *d, DependencyAtom atom) {
        for (int k = 0; k < DEPENDENCY_KINDS; k++)
                if (d->kinds & dependency_atoms[atom] & (UINT32_C(1) << k))
                        return dependency_name((DependencyKind)k);
        return "";
}

/* OnFailure= and OnSuccess=. A unit that fails because of what its own failure starts would go on
 * for ever. */
static void trigger(Engine *e, Unit *u, DependencyAtom atom, uint8_t mode) {
        _cleanup_(diag_done) Diag diag = { 0 };
        TransactionRequest r = { .type = JOB_START, .mode = (JobMode)mode, .trigger = u->id };
        bool any = false;

        DEPENDENCY_FOREACH(d, u, atom)
        any = true;
        if (!any)
                return;
        if (rate_limit_pass(&u->automatic_limit, AUTOMATIC_INTERVAL, AUTOMATIC_BURST, e->now)) {
                DEPENDENCY_FOREACH(d, u, atom) {
                        r.unit = d->other;
                        request_for(e, u, r, "%s= of %s", kind_of(d, atom), u->id);
                }
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
                request_for(
                        e, u,
                        (TransactionRequest){ .unit = d->other, .type = JOB_START, .mode = mode },
                        "%s= of %s, which came up by itself", kind_of(d, atom), u->id);
}

/* EVENT: what U did by itself. */
static void stop_others(Engine *e, const Unit *u, DependencyAtom atom, const char *event) {
        DEPENDENCY_FOREACH(d, u, atom)
        if (!unit_state_goes_down(d->other->active))
                request_for(e, u,
                            (TransactionRequest){
                                    .unit = d->other, .type = JOB_STOP, .mode = JOB_MODE_REPLACE },
                            "%s (%s %s), which %s by itself", u->id, kind_of(d, atom), d->other->id,
                            event);
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

/* The one that is down, or NULL. */
static const Unit *bound_to_inactive(const Unit *u) {
        if (u->active != ACTIVE_ACTIVE || u->job)
                return NULL;
        DEPENDENCY_FOREACH(d, u, ATOM_CANNOT_BE_ACTIVE_WITHOUT)
        if (!d->other->job && unit_state_is_down(d->other->active))
                return d->other;
        return NULL;
}

/* The one that wants it up, or NULL. */
static const Unit *upheld_by_active(const Unit *u) {
        if (!unit_state_is_down(u->active) || u->job)
                return NULL;
        DEPENDENCY_FOREACH(d, u, ATOM_START_STEADILY)
        if (!d->other->job && unit_state_is_up(d->other->active))
                return d->other;
        return NULL;
}

/* What the engine does to U by itself, as far as it has not done that too often. May it now? */
static bool may_act(Engine *e, Unit *u) {
        if (rate_limit_pass(&u->automatic_limit, AUTOMATIC_INTERVAL, AUTOMATIC_BURST, e->now))
                return true;
        if (u->check_again == 0) {
                u->check_again = u->automatic_limit.begin + AUTOMATIC_INTERVAL + 1;
                e->n_again++;
        }
        return false;
}

static void check_standing(Engine *e, Unit *u, unsigned checks) {
        const Unit *other;
        TransactionRequest r = { .unit = u, .type = JOB_STOP, .mode = JOB_MODE_FAIL };

        if ((checks & CHECK_IS_NEEDED) && is_unneeded(u) && may_act(e, u))
                request_for(e, u, r, "StopWhenUnneeded=, as nothing that is up needs it");
        r.mode = JOB_MODE_REPLACE;
        other = checks & CHECK_IS_BOUND ? bound_to_inactive(u) : NULL;
        if (other && may_act(e, u))
                request_for(e, u, r, "its BindsTo=%s, which is %s", other->id,
                            unit_state_active_name(other->active));
        r.type = JOB_START;
        r.mode = JOB_MODE_FAIL;
        other = checks & CHECK_IS_UPHELD ? upheld_by_active(u) : NULL;
        if (other && may_act(e, u))
                request_for(e, u, r, "Upholds= of %s, which is active", other->id);
}

static void check(Engine *e, Unit *u, unsigned checks) {
        if ((checks & CHECK_CAME_UP) && unit_state_goes_up(u->active)) {
                start_others(e, u, ATOM_RETROACTIVE_START_REPLACE, JOB_MODE_REPLACE);
                start_others(e, u, ATOM_RETROACTIVE_START_FAIL, JOB_MODE_FAIL);
                stop_others(e, u, ATOM_RETROACTIVE_STOP_ON_START, "came up");
        }
        if ((checks & CHECK_WENT_DOWN) && unit_state_goes_down(u->active))
                stop_others(e, u, ATOM_RETROACTIVE_STOP_ON_STOP, "went down");
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
