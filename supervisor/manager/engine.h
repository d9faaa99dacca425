/*
 * What the parts of the job engine share: the installed jobs, the time, and how the manager is told
 * what happens. It knows units through the registry; it makes no process and looks at no clock.
 *
 * Whoever feeds it sets the time, tells it what happened (unit-notify.h, job-queue.h,
 * transaction.h), and then calls job_queue_run(). Hooks are told, and must not call the engine
 * back.
 */
#pragma once

#include "base/diag.h"
#include "supervisor/manager/job.h"
#include "supervisor/manager/registry.h"

/* All may be NULL. */
typedef struct EngineHooks {
        /* ConditionX= and AssertX=, asked when a start begins; NULL: they hold */
        bool (*conditions_hold)(Unit *u, void *userdata);
        bool (*asserts_hold)(Unit *u, void *userdata);

        void (*job_new)(const Job *j, void *userdata);
        void (*job_changed)(const Job *j, void *userdata); /* its type or its state */
        void (*job_removed)(const Job *j, void *userdata); /* with its result */
        void (*unit_changed)(Unit *u, ActiveState before, void *userdata);

        /* U's story has changed, and perhaps nothing else. */
        void (*told)(Unit *u, void *userdata);

        /* What there is to say about a job that the engine thought of itself. */
        void (*said)(const Unit *u, const Diag *diag, void *userdata);

        /* FailureAction= and its kin: to be done to the whole system, because of REASON, a part of
         * a sentence. EXIT_STATUS is negative where the unit names none. */
        void (*action)(Unit *u, EmergencyAction action, int exit_status, const char *reason,
                       void *userdata);
} EngineHooks;

typedef struct Engine {
        Registry *registry;
        const EngineHooks *hooks;
        void *userdata; /* of the hooks and of UnitOps */
        uint64_t now;   /* microseconds of a clock that never goes back */

        Job *jobs; /* all, in the order of their ids */
        size_t n_jobs;
        Job *queue; /* those that might be able to run */
        uint32_t last_id;

        struct Unit *checks; /* units that unit-react has to look at, first and last */
        struct Unit **checks_end;
        uint32_t visit; /* number of the last walk over the order of jobs */
        size_t n_again; /* units that wait for their check_again */
} Engine;

/* HOOKS may be NULL. Everything is borrowed. */
void engine_init(Engine *e, Registry *registry, const EngineHooks *hooks, void *userdata);

/* Forgets all jobs, without a word to anybody. */
void engine_done(Engine *e);

/* The installed job with this id, or NULL. */
Job *engine_find_job(const Engine *e, uint32_t id);
