/*
 * A notification ends the unit's job if it can, and notes for whom the change may mean something;
 * unit-react looks at those units later, as they are then.
 */
#include "supervisor/manager/unit-notify.h"

#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/unit-react.h"
#include "supervisor/manager/unit-story.h"

static void ask_others(Engine *e, const Unit *u, DependencyAtom atom, unsigned checks) {
        DEPENDENCY_FOREACH(d, u, atom)
        unit_react_ask(e, d->other, checks);
}

/* All that may depend on whether U is up, and has a job. */
static void ask_around(Engine *e, Unit *u) {
        unit_react_ask(e, u, CHECK_STANDING);
        if (unit_state_is_down(u->active)) {
                ask_others(e, u, ATOM_NEEDS_OTHER, CHECK_IS_NEEDED);
                ask_others(e, u, ATOM_BINDS_OTHER, CHECK_IS_BOUND);
        } else
                ask_others(e, u, ATOM_UPHOLDS_OTHER, CHECK_IS_UPHELD);
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

static void note_end(Engine *e, Unit *u, ActiveState before, NotifyFlags flags) {
        const UnitSettings *s = &u->settings;
        bool failed = u->active == ACTIVE_FAILED && before != ACTIVE_FAILED;
        bool ended = u->active == ACTIVE_INACTIVE && !unit_state_is_down(before) &&
                     before != ACTIVE_MAINTENANCE;

        if (!flags.will_restart)
                unit_react_ask(e, u, failed ? CHECK_ON_FAILURE : ended ? CHECK_ON_SUCCESS : 0);
        if (flags.no_action)
                return;
        if (failed)
                act(e, u, s->failure_action, s->failure_exit_status, "it failed");
        else if (ended)
                act(e, u, s->success_action, s->success_exit_status, "it has ended well");
}

void unit_notify(Engine *e, Unit *u, ActiveState state, NotifyFlags flags) {
        ActiveState before = u->active;
        bool unexpected;

        if (!u->job && unit_state_goes_up(before) != unit_state_goes_up(state))
                unit_story_set(u, STORY_LAST_JOB, NULL);
        u->active = state;
        note_time(u, before, e->now);
        if (before != state && e->hooks->unit_changed)
                e->hooks->unit_changed(u, before, e->userdata);
        unexpected = process_job(e, u, flags.reload_failed);
        if (unexpected && unit_state_is_down(before) && unit_state_goes_up(state))
                unit_react_ask(e, u, CHECK_CAME_UP);
        if (unexpected && unit_state_goes_up(before) && unit_state_goes_down(state))
                unit_react_ask(e, u, CHECK_WENT_DOWN);
        note_end(e, u, before, flags);
        ask_around(e, u);
}

void unit_notify_reset_failed(Engine *e, Unit *u) {
        u->start_limit = u->automatic_limit = (RateLimit){ 0 };
        u->start_limit_hit = false;
        if (unit_story_text(u, STORY_OUTCOME) && e->hooks->told)
                e->hooks->told(u, e->userdata);
        unit_story_set(u, STORY_OUTCOME, NULL);
        if (u->active == ACTIVE_FAILED)
                unit_notify(e, u, ACTIVE_INACTIVE, (NotifyFlags){ 0 });
}

void unit_notify_loaded(Engine *e, Unit *u) {
        ask_around(e, u);
}

void unit_notify_job_over(Engine *e, Unit *u, bool failed) {
        if (failed)
                unit_react_ask(e, u, CHECK_ON_FAILURE);
        ask_around(e, u);
}
