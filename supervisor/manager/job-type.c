/*
 * Tables only. The merge table is symmetric, which its test checks together with what the header
 * promises.
 */
#include "supervisor/manager/job-type.h"

#include "base/text.h"

static const char *const type_names[JOB_TYPES] = {
        [JOB_START] = "start",
        [JOB_VERIFY_ACTIVE] = "verify-active",
        [JOB_STOP] = "stop",
        [JOB_RELOAD] = "reload",
        [JOB_RESTART] = "restart",
        [JOB_NOP] = "nop",
        [JOB_TRY_RESTART] = "try-restart",
        [JOB_TRY_RELOAD] = "try-reload",
        [JOB_RELOAD_OR_START] = "reload-or-start",
};

static const char *const result_names[JOB_RESULTS] = {
        [JOB_DONE] = "done",
        [JOB_CANCELED] = "canceled",
        [JOB_TIMEOUT] = "timeout",
        [JOB_FAILED] = "failed",
        [JOB_DEPENDENCY] = "dependency",
        [JOB_SKIPPED] = "skipped",
        [JOB_INVALID] = "invalid",
        [JOB_ASSERT] = "assert",
        [JOB_UNSUPPORTED] = "unsupported",
        [JOB_COLLECTED] = "collected",
        [JOB_ONCE] = "once",
};

/* NEVER is no type, and is none that can be forgotten: a missing cell would read as "start". */
#define NEVER (-EEXIST)

static const int merge_table[JOB_TYPES_INSTALLED][JOB_TYPES_INSTALLED] = {
        [JOB_START] = { [JOB_START] = JOB_START,
                        [JOB_VERIFY_ACTIVE] = JOB_START,
                        [JOB_STOP] = NEVER,
                        [JOB_RELOAD] = JOB_RELOAD_OR_START,
                        [JOB_RESTART] = JOB_RESTART,
                        [JOB_NOP] = JOB_START },
        [JOB_VERIFY_ACTIVE] = { [JOB_START] = JOB_START,
                                [JOB_VERIFY_ACTIVE] = JOB_VERIFY_ACTIVE,
                                [JOB_STOP] = NEVER,
                                [JOB_RELOAD] = JOB_RELOAD,
                                [JOB_RESTART] = JOB_RESTART,
                                [JOB_NOP] = JOB_VERIFY_ACTIVE },
        [JOB_STOP] = { [JOB_START] = NEVER,
                       [JOB_VERIFY_ACTIVE] = NEVER,
                       [JOB_STOP] = JOB_STOP,
                       [JOB_RELOAD] = NEVER,
                       [JOB_RESTART] = NEVER,
                       [JOB_NOP] = JOB_STOP },
        [JOB_RELOAD] = { [JOB_START] = JOB_RELOAD_OR_START,
                         [JOB_VERIFY_ACTIVE] = JOB_RELOAD,
                         [JOB_STOP] = NEVER,
                         [JOB_RELOAD] = JOB_RELOAD,
                         [JOB_RESTART] = JOB_RESTART,
                         [JOB_NOP] = JOB_RELOAD },
        [JOB_RESTART] = { [JOB_START] = JOB_RESTART,
                          [JOB_VERIFY_ACTIVE] = JOB_RESTART,
                          [JOB_STOP] = NEVER,
                          [JOB_RELOAD] = JOB_RESTART,
                          [JOB_RESTART] = JOB_RESTART,
                          [JOB_NOP] = JOB_RESTART },
        [JOB_NOP] = { [JOB_START] = JOB_START,
                      [JOB_VERIFY_ACTIVE] = JOB_VERIFY_ACTIVE,
                      [JOB_STOP] = JOB_STOP,
                      [JOB_RELOAD] = JOB_RELOAD,
                      [JOB_RESTART] = JOB_RESTART,
                      [JOB_NOP] = JOB_NOP },
};

/* What the conditional types come to, for units that are up and for others. */
static const struct {
        JobType up, else_;
} collapse_table[JOB_TYPES] = {
        [JOB_START] = { JOB_START, JOB_START },
        [JOB_VERIFY_ACTIVE] = { JOB_VERIFY_ACTIVE, JOB_VERIFY_ACTIVE },
        [JOB_STOP] = { JOB_STOP, JOB_STOP },
        [JOB_RELOAD] = { JOB_RELOAD, JOB_RELOAD },
        [JOB_RESTART] = { JOB_RESTART, JOB_RESTART },
        [JOB_NOP] = { JOB_NOP, JOB_NOP },
        [JOB_TRY_RESTART] = { JOB_RESTART, JOB_NOP },
        [JOB_TRY_RELOAD] = { JOB_RELOAD, JOB_NOP },
        [JOB_RELOAD_OR_START] = { JOB_RELOAD, JOB_START },
};

#define STATE(s) (1U << ACTIVE_##s)

/* The states in which a type has nothing to do. */
static const unsigned redundant_table[JOB_TYPES_INSTALLED] = {
        [JOB_START] = STATE(ACTIVE) | STATE(RELOADING),
        [JOB_VERIFY_ACTIVE] = STATE(ACTIVE) | STATE(RELOADING),
        [JOB_STOP] = STATE(INACTIVE) | STATE(FAILED),
        [JOB_RELOAD] = STATE(RELOADING),
        [JOB_RESTART] = STATE(ACTIVATING),
        [JOB_NOP] = ~0U,
};

const char *job_type_name(JobType t) {
        return type_names[t];
}

int job_type_from_name(const char *name) {
        for (int t = 0; t < JOB_TYPES; t++)
                if (text_eq(type_names[t], name))
                        return t;
        return -EINVAL;
}

const char *job_type_result_name(JobResult r) {
        return result_names[r];
}

int job_type_merge(JobType a, JobType b) {
        return merge_table[a][b];
}

JobType job_type_collapse(JobType t, ActiveState s) {
        return unit_state_is_up(s) ? collapse_table[t].up : collapse_table[t].else_;
}

bool job_type_is_redundant(JobType t, ActiveState s) {
        return redundant_table[t] & (1U << s);
}
