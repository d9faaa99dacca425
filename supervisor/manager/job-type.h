/*
 * What can be asked of a unit: systemctl(1). "try-restart", "try-reload" and "reload-or-start"
 * stand for another type that depends on the unit's state, and are turned into it (collapsed)
 * before a transaction is made; what is installed is of the first six.
 *
 * Merging is commutative; with what comes out collapsed at once, it is associative as well, and of
 * three types where A and B merge, but A+B and C do not, A or B does not merge with C either.
 */
#pragma once

#include "supervisor/manager/unit-state.h"

typedef enum JobType {
        JOB_START,
        JOB_VERIFY_ACTIVE, /* succeeds if the unit is active, and does nothing */
        JOB_STOP,
        JOB_RELOAD,
        JOB_RESTART, /* a stop that turns into a start when it is done */
        JOB_NOP,
        JOB_TRY_RESTART,
        JOB_TRY_RELOAD,
        JOB_RELOAD_OR_START,
} JobType;

enum { JOB_TYPES = JOB_RELOAD_OR_START + 1, JOB_TYPES_INSTALLED = JOB_NOP + 1 };

typedef enum JobResult {
        JOB_DONE,
        JOB_CANCELED,
        JOB_TIMEOUT,
        JOB_FAILED,
        JOB_DEPENDENCY, /* something that it required failed */
        JOB_SKIPPED,    /* verify-active of a unit that is not */
        JOB_INVALID,    /* reload of a unit that is not active */
        JOB_ASSERT,
        JOB_UNSUPPORTED,
        JOB_COLLECTED, /* nothing waited for it any more */
        JOB_ONCE,
} JobResult;

enum { JOB_RESULTS = JOB_ONCE + 1 };

const char *job_type_name(JobType t);
int job_type_from_name(const char *name); /* a JobType, or -EINVAL */
const char *job_type_result_name(JobResult r);

/* What does the work of both, a JobType; -EEXIST where there is no such thing. For installed types;
 * the result may have to be collapsed. */
int job_type_merge(JobType a, JobType b);

static inline bool job_type_conflicts(JobType a, JobType b) {
        return job_type_merge(a, b) < 0;
}

/* Does A do all that B would? */
static inline bool job_type_includes(JobType a, JobType b) {
        return job_type_merge(a, b) == (int)a;
}

/* The type that T comes to for a unit in this state. */
JobType job_type_collapse(JobType t, ActiveState s);

/* Would T change nothing for a unit in this state? For installed types. */
bool job_type_is_redundant(JobType t, ActiveState s);

/* Does the job first take the unit down? Such jobs go before others, whatever the order. */
static inline bool job_type_stops(JobType t) {
        return t == JOB_STOP || t == JOB_RESTART;
}
