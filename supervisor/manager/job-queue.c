/*
 * The list of installed jobs, and the queue of those that are worth a look. A job is looked at when
 * it is new, when one that it may have waited for is over, and when its unit's state changes.
 *
 * Failure runs along dependencies by a list of doomed jobs instead of by recursion, so that no
 * chain is too long for the stack.
 */
#include "supervisor/manager/job-queue.h"

#include <utlist.h>

#include "supervisor/manager/job-run.h"
#include "supervisor/manager/job-story.h"
#include "supervisor/manager/unit-notify.h"
#include "supervisor/manager/unit-react.h"

/* One call of job_queue_run() goes round this often at most. */
#define ROUNDS_MAX 1000

static void tell(const Engine *e, void (*hook)(const Job *j, void *userdata), const Job *j) {
        if (hook)
                hook(j, e->userdata);
}

static Job **slot_of(const Job *j) {
        return j->type == JOB_NOP ? &j->unit->nop_job : &j->unit->job;
}

void job_queue_look_again(Engine *e, Job *j) {
        if (j->queued)
                return;
        j->queued = true;
        DL_APPEND2(e->queue, j, queue_prev, queue_next);
}

static void look_at_neighbours(Engine *e, const Unit *u) {
        DEPENDENCY_FOREACH(d, u, ATOM_BEFORE)
        if (d->other->job)
                job_queue_look_again(e, d->other->job);
        DEPENDENCY_FOREACH(d, u, ATOM_AFTER)
        if (d->other->job)
                job_queue_look_again(e, d->other->job);
}

/* ---- coming ---- */

static void put_on(Engine *e, Job *j) {
        *slot_of(j) = j;
        DL_APPEND(e->jobs, j);
        e->n_jobs++;
        job_queue_look_again(e, j);
}

/* A reload that has begun may have read its configuration already, so it does not do for another
 * one; a restart that runs has not got to its start. */
static bool does_the_work_of(const Job *running, JobType type) {
        return type != JOB_RELOAD && job_type_includes(running->type, type);
}

static void merge_into(Engine *e, Job *old, Job *j) {
        bool goes_on = old->state == JOB_RUNNING && does_the_work_of(old, j->type);

        job_story_merge(old, j);
        old->type = job_type_collapse((JobType)job_type_merge(old->type, j->type), j->unit->active);
        old->irreversible = old->irreversible || j->irreversible;
        old->ignore_order = old->ignore_order || j->ignore_order;
        if (!goes_on)
                old->state = JOB_WAITING;
        job_queue_look_again(e, old);
        tell(e, e->hooks->job_changed, old);
}

Job *job_queue_install(Engine *e, Job *j) {
        Job *old = *slot_of(j);

        if (old && !job_type_conflicts(old->type, j->type)) {
                merge_into(e, old, j);
                job_free(j);
                return old;
        }
        if (old)
                job_queue_cancel(e, old);
        j->id = ++e->last_id;
        j->begin = e->now;
        put_on(e, j);
        tell(e, e->hooks->job_new, j);
        return j;
}

int job_queue_restore(Engine *e, Job *j) {
        if (*slot_of(j))
                return -EEXIST;
        e->last_id = MAX_OF(e->last_id, j->id);
        put_on(e, j);
        return 0;
}

/* ---- going ---- */

static void take_off(Engine *e, Job *j) {
        if (j->queued)
                DL_DELETE2(e->queue, j, queue_prev, queue_next);
        DL_DELETE(e->jobs, j);
        e->n_jobs--;
        *slot_of(j) = NULL;
}

/* What is over of a restart is the stop. */
static void go_on_as_start(Engine *e, Job *j) {
        j->type = JOB_START;
        j->state = JOB_WAITING;
        tell(e, e->hooks->job_changed, j);
        job_queue_look_again(e, j);
        look_at_neighbours(e, j->unit);
}

static void doom(const Unit *u, JobType type, DependencyAtom atom, Job **doomed) {
        DEPENDENCY_FOREACH(d, u, atom) {
                Job *j = d->other->job;

                if (!j || j->doomed || (j->type != JOB_START && j->type != JOB_VERIFY_ACTIVE))
                        continue;
                j->doomed = true;
                j->result = JOB_DEPENDENCY;
                job_story_doom(j, u, type);
                j->doomed_next = *doomed;
                *doomed = j;
        }
}

/* Whose jobs fail because one of TYPE of U ended with RESULT? A start that merely left its unit
 * inactive, as a oneshot service does, satisfies Requires= and not Requisite=. */
static void doom_others(const Unit *u, JobType type, JobResult result, Job **doomed) {
        if (result != JOB_DONE && (type == JOB_START || type == JOB_VERIFY_ACTIVE))
                doom(u, type, ATOM_PROPAGATE_START_FAILURE, doomed);
        else if (result != JOB_DONE && type == JOB_STOP)
                doom(u, type, ATOM_PROPAGATE_STOP_FAILURE, doomed);
        else if (result == JOB_DONE && (type == JOB_START || type == JOB_RELOAD) &&
                 !unit_state_is_up(u->active))
                doom(u, type, ATOM_PROPAGATE_INACTIVE_START_AS_FAILURE, doomed);
}

/* Ends J with its result. */
static void end(Engine *e, Job *j) {
        Unit *u = j->unit;

        job_story_end(j, e->now);
        take_off(e, j);
        tell(e, e->hooks->job_removed, j);
        unit_notify_job_over(e, u, j->result == JOB_TIMEOUT || j->result == JOB_DEPENDENCY);
        look_at_neighbours(e, u);
        job_free(j);
}

void job_queue_finish(Engine *e, Job *j, JobResult result) {
        Job *doomed = j;

        if (result == JOB_DONE && j->type == JOB_RESTART) {
                go_on_as_start(e, j);
                return;
        }
        j->result = result;
        j->doomed = true;
        j->doomed_next = NULL;
        while (doomed) {
                Job *now = doomed;

                doomed = now->doomed_next;
                doom_others(now->unit, now->type, now->result, &doomed);
                end(e, now);
        }
}

void job_queue_cancel(Engine *e, Job *j) {
        j->result = JOB_CANCELED;
        end(e, j);
}

/* ---- running ---- */

static bool waits_for(const Job *j, JobOrder j_is, const Job *other) {
        return other && !other->ignore_order && job_order(j->type, j_is, other->type) > 0;
}

const Job *job_queue_waits_for(const Job *j) {
        if (j->ignore_order || j->type == JOB_NOP)
                return NULL;
        DEPENDENCY_FOREACH(d, j->unit, ATOM_AFTER)
        if (waits_for(j, JOB_ORDER_AFTER, d->other->job))
                return d->other->job;
        DEPENDENCY_FOREACH(d, j->unit, ATOM_BEFORE)
        if (waits_for(j, JOB_ORDER_BEFORE, d->other->job))
                return d->other->job;
        return NULL;
}

bool job_queue_is_runnable(const Job *j) {
        return !job_queue_waits_for(j);
}

/* A job that only waits for something outside is of no use once no other job waits for it. */
static bool is_collectable(const Job *j) {
        if (!j->unit->ops || !j->unit->ops->collects_jobs || j->kept || j->type == JOB_NOP)
                return false;
        DEPENDENCY_FOREACH(d, j->unit, ATOM_BEFORE)
        if (d->other->job && waits_for(d->other->job, JOB_ORDER_AFTER, j))
                return false;
        DEPENDENCY_FOREACH(d, j->unit, ATOM_AFTER)
        if (d->other->job && waits_for(d->other->job, JOB_ORDER_BEFORE, j))
                return false;
        return true;
}

static void look_at(Engine *e, Job *j) {
        if (is_collectable(j)) {
                job_queue_finish(e, j, JOB_COLLECTED);
                return;
        }
        if (j->state != JOB_WAITING || !job_queue_is_runnable(j))
                return;
        j->state = JOB_RUNNING;
        if (j->begin_running == 0)
                j->begin_running = MAX_OF(e->now, UINT64_C(1));
        tell(e, e->hooks->job_changed, j);
        job_run(e, j);
}

static void empty_queue(Engine *e) {
        while (e->queue) {
                Job *j = e->queue;

                DL_DELETE2(e->queue, j, queue_prev, queue_next);
                j->queued = false;
                look_at(e, j);
        }
}

bool job_queue_run(Engine *e) {
        for (unsigned round = 0; round < ROUNDS_MAX; round++) {
                empty_queue(e);
                if (!unit_react_dispatch(e))
                        return false;
        }
        return true;
}

/* ---- time ---- */

uint64_t job_queue_deadline(const Engine *e) {
        uint64_t deadline = unit_react_deadline(e);

        for (const Job *j = e->jobs; j; j = j->next)
                deadline = MIN_OF(deadline, job_deadline(j));
        return deadline;
}

static Job *find_expired(const Engine *e) {
        for (Job *j = e->jobs; j; j = j->next)
                if (job_deadline(j) <= e->now)
                        return j;
        return NULL;
}

void job_queue_expire(Engine *e) {
        Job *j;

        while ((j = find_expired(e))) {
                Unit *u = j->unit;
                EmergencyAction action = (EmergencyAction)u->settings.job_timeout_action;

                job_queue_finish(e, j, JOB_TIMEOUT);
                if (action != EMERGENCY_NONE && e->hooks->action)
                        e->hooks->action(u, action, -1, "a job timed out", e->userdata);
        }
        unit_react_expire(e);
}
