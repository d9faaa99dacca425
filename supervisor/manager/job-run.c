/*
 * A start looks, in this order, at the state, the start limit, conditions, asserts and the units
 * that it is bound to (systemd.unit(5)); then the unit's type is asked. The type may tell of the
 * outcome at once, by unit_notify(), and so end the job before its operation returns.
 */
#include "supervisor/manager/job-run.h"

#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/job-story.h"
#include "supervisor/manager/unit-notify.h"

/* What to do with a job: a JobResult, or one of these. */
enum { GOES_ON = -1, NOT_YET = -2 };

static int verdict_of(int outcome, int inapplicable) {
        if (outcome < 0)
                return JOB_FAILED;
        switch ((UnitOutcome)outcome) {
        case UNIT_BEGUN:
                return GOES_ON;
        case UNIT_ALREADY:
                return JOB_DONE;
        case UNIT_NOT_YET:
                return NOT_YET;
        case UNIT_INAPPLICABLE:
                return inapplicable;
        case UNIT_UNSUPPORTED:
                return JOB_UNSUPPORTED;
        case UNIT_ONCE:
                return JOB_ONCE;
        }
        return JOB_FAILED;
}

static bool passes_start_limit(Engine *e, Unit *u) {
        const UnitSettings *s = &u->settings;

        if (!u->ops || !u->ops->start_limited)
                return true;
        u->start_limit_hit = !rate_limit_pass(&u->start_limit, s->start_limit_interval,
                                              s->start_limit_burst, e->now);
        return !u->start_limit_hit;
}

/* The unit fails, which ends its job. */
static int hit_start_limit(Engine *e, Unit *u) {
        EmergencyAction action = (EmergencyAction)u->settings.start_limit_action;

        job_story_start_limit(u);
        if (action != EMERGENCY_NONE && e->hooks->action)
                e->hooks->action(u, action, -1, "it was started too often", e->userdata);
        unit_notify(e, u, ACTIVE_FAILED, (NotifyFlags){ 0 });
        return GOES_ON;
}

/* Is everything up that U is bound to, and ordered after? */
static bool bonds_hold(Unit *u) {
        DEPENDENCY_FOREACH(d, u, ATOM_CANNOT_BE_ACTIVE_WITHOUT) {
                if (!(d->kinds & dependency_atoms[ATOM_AFTER]) ||
                    unit_state_is_up(d->other->active))
                        continue;
                job_story_bond(u, d->other);
                return false;
        }
        return true;
}

static int start(Engine *e, Unit *u) {
        int outcome;

        if (unit_state_is_up(u->active))
                return JOB_DONE;
        if (u->active == ACTIVE_MAINTENANCE)
                return NOT_YET;
        if (u->load != LOAD_LOADED)
                return JOB_FAILED;
        if (!passes_start_limit(e, u))
                return hit_start_limit(e, u);
        /* a unit on its way has been through this */
        if (u->active != ACTIVE_ACTIVATING) {
                if (e->hooks->conditions_hold && !e->hooks->conditions_hold(u, e->userdata))
                        return JOB_DONE;
                if (e->hooks->asserts_hold && !e->hooks->asserts_hold(u, e->userdata))
                        return JOB_ASSERT;
        }
        if (!bonds_hold(u))
                return JOB_DEPENDENCY;
        if (!u->ops || !u->ops->start)
                return GOES_ON;
        outcome = u->ops->start(u, e->userdata);
        if (outcome < 0)
                job_story_error(u, JOB_START, outcome);
        return verdict_of(outcome, GOES_ON);
}

static int stop(Engine *e, Unit *u) {
        if (unit_state_is_down(u->active))
                return JOB_DONE;
        if (!u->ops || !u->ops->stop)
                return GOES_ON;
        return verdict_of(u->ops->stop(u, e->userdata), GOES_ON);
}

static int reload(Engine *e, Unit *u) {
        if (u->load != LOAD_LOADED)
                return JOB_FAILED;
        if (!unit_can_reload(u, e->userdata))
                return JOB_SKIPPED;
        if (u->active == ACTIVE_RELOADING)
                return NOT_YET;
        if (u->active != ACTIVE_ACTIVE)
                return JOB_INVALID;
        if (!u->ops || !u->ops->reload) /* it only hands reloads on */
                return JOB_DONE;
        return verdict_of(u->ops->reload(u, e->userdata), JOB_SKIPPED);
}

static int verify_active(const Unit *u) {
        if (unit_state_is_up(u->active))
                return JOB_DONE;
        return u->active == ACTIVE_ACTIVATING ? NOT_YET : JOB_SKIPPED;
}

static int perform(Engine *e, Unit *u, JobType type) {
        switch (type) {
        case JOB_START:
                return start(e, u);
        case JOB_VERIFY_ACTIVE:
                return verify_active(u);
        case JOB_STOP:
        case JOB_RESTART:
                return stop(e, u);
        case JOB_RELOAD:
                return reload(e, u);
        case JOB_NOP:
                return JOB_DONE;
        case JOB_TRY_RESTART:
        case JOB_TRY_RELOAD:
        case JOB_RELOAD_OR_START:
                break; /* never installed */
        }
        return JOB_INVALID;
}

void job_run(Engine *e, Job *j) {
        Unit *u = j->unit;
        uint32_t id = j->id;
        JobType type = j->type;
        int verdict;

        job_story_begin(j);
        verdict = perform(e, u, type);

        j = type == JOB_NOP ? u->nop_job : u->job;
        /* ended meanwhile, or a restart that goes on as a start */
        if (!j || j->id != id || j->type != type || verdict == GOES_ON)
                return;
        if (verdict == NOT_YET)
                j->state = JOB_WAITING;
        else
                job_queue_finish(e, j, (JobResult)verdict);
}
