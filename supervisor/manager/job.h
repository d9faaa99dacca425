/*
 * An installed job: something that a unit is to do, or is doing. A unit has at most one, and a
 * "nop" beside it. Jobs are made by transactions (transaction.h), run and ended by the engine
 * (job-queue.h), and looked at by everybody else.
 */
#pragma once

#include "supervisor/manager/job-type.h"
#include "supervisor/manager/unit.h"

typedef enum JobState { JOB_WAITING, JOB_RUNNING } JobState;

struct Job {
        Unit *unit;
        uint32_t id; /* from 1 on, never used twice */
        JobType type;
        JobState state;
        bool irreversible : 1; /* no other job may take its place */
        bool ignore_order : 1;
        bool queued : 1; /* in the engine's queue of jobs to look at */
        bool kept : 1;   /* somebody waits for it: it is not collected */
        bool doomed : 1; /* about to be ended, with "result" */
        JobResult result;
        char *asked_by; /* as in TransactionRequest, and by way of which units */
        char *trigger;
        uint64_t begin;         /* when it was installed, microseconds */
        uint64_t begin_running; /* when it first ran; 0: not yet */
        Job *next, *prev;       /* in the engine's list of all jobs */
        Job *queue_next, *queue_prev;
        Job *doomed_next;
};

void job_free(Job *j); /* which is in no list any more */

/* "waiting", "running" */
const char *job_state_name(JobState s);

/* How jobs of type A and B are ordered, where the unit of A is before or after that of B: less than
 * 0 when A is to be done before B, more when after it, 0 when it does not matter. */
typedef enum JobOrder { JOB_ORDER_BEFORE, JOB_ORDER_AFTER } JobOrder;
int job_order(JobType a, JobOrder a_is, JobType b);

/* When the job is given up: JobTimeoutSec= and JobRunningTimeoutSec=; UINT64_MAX for never. */
uint64_t job_deadline(const Job *j);
