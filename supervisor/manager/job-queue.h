/*
 * Installed jobs: when each may run, and what its end means for others: systemd.unit(5).
 *
 * A job waits while an installed one that is ordered before it is there. "Done" lets those that
 * wait for it go on; anything else makes the jobs fail that cannot do without (JOB_DEPENDENCY).
 */
#pragma once

#include "supervisor/manager/engine.h"

/* Takes over J, which has a unit and a type, and no id yet. Where the unit has a job already that
 * goes together with it, that one does the work of both; one that does not is cancelled. Returns
 * the job that is installed now. Called by transactions, which have checked that this may be. */
Job *job_queue_install(Engine *e, Job *j);

/* Puts J back on from a record: a job that an earlier manager had installed. Its id, type, state
 * and times are kept. -EEXIST when the unit has a job; then J is still the caller's. */
int job_queue_restore(Engine *e, Job *j);

/* J is over. Frees it, unless it was a restart that got its stop done and goes on as a start. */
void job_queue_finish(Engine *e, Job *j, JobResult result);

/* The same as "canceled", and no other job fails because of it. */
void job_queue_cancel(Engine *e, Job *j);

/* J might be able to run now, or to be collected. */
void job_queue_look_again(Engine *e, Job *j);

/* Runs whatever can run, and acts on what unit_notify() was told, until there is nothing left to
 * do. Called after every event. Returns true when that took so long that others should have a turn
 * before it is called again: units can start and fail each other in circles. */
bool job_queue_run(Engine *e);

/* May J run, as far as other jobs go? */
bool job_queue_is_runnable(const Job *j);

/* A job that J waits for; NULL: none. */
const Job *job_queue_waits_for(const Job *j);

/* When job_queue_expire() has something to do next, as Engine.now counts; UINT64_MAX: never. */
uint64_t job_queue_deadline(const Engine *e);

/* Ends the jobs whose time is up. */
void job_queue_expire(Engine *e);
