/*
 * Sentences. The exact one comes first, and the general one that the job's result stands for is
 * used only where there is none.
 */
#include "supervisor/manager/job-story.h"

#include <string.h>

#include "base/text.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/unit-story.h"
#include "units/time-span.h"

static void swap(char **a, char **b) {
        char *was = *a;

        *a = *b;
        *b = was;
}

/* Whoever asked for more is who asked. What two units have triggered is nobody's. */
void job_story_merge(Job *old, Job *j) {
        bool same = old->trigger && j->trigger && text_eq(old->trigger, j->trigger);

        if (!job_type_includes(old->type, j->type) || !old->asked_by)
                swap(&old->asked_by, &j->asked_by);
        if (!old->trigger)
                swap(&old->trigger, &j->trigger);
        else if (j->trigger && !same) {
                free(old->trigger);
                old->trigger = NULL;
        }
}

void job_story_begin(const Job *j) {
        Unit *u = j->unit;

        if (j->type == JOB_NOP || job_type_is_redundant(j->type, u->active))
                return;
        unit_story_setf(u, STORY_LAST_JOB, "%s%s%s", job_type_name(j->type),
                        j->asked_by ? ", asked for by " : "", j->asked_by ? j->asked_by : "");
        unit_story_set(u, STORY_OUTCOME, NULL);
        if (j->type == JOB_START)
                unit_story_set(u, STORY_TRIGGER, j->trigger);
}

void job_story_doom(const Job *j, const Unit *other, JobType type) {
        if (type == JOB_STOP)
                unit_story_setf(j->unit, STORY_OUTCOME, "it excludes %s, whose stop failed",
                                other->id);
        else
                unit_story_setf(j->unit, STORY_OUTCOME,
                                "it needs %s, which could not be started or has ended", other->id);
}

static void tell_timeout(const Job *j, uint64_t now) {
        const UnitSettings *s = &j->unit->settings;
        bool total = s->job_timeout != UINT64_MAX && now - j->begin >= s->job_timeout;
        const Job *other = j->state == JOB_WAITING ? job_queue_waits_for(j) : NULL;
        char span[TIME_SPAN_MAX];

        time_span_format(total ? s->job_timeout : s->job_running_timeout, 1, span);
        if (other)
                unit_story_setf(j->unit, STORY_OUTCOME,
                                "the %s waited longer than %s=%s, at last for the %s of %s",
                                job_type_name(j->type),
                                total ? "JobTimeoutSec" : "JobRunningTimeoutSec", span,
                                job_type_name(other->type), other->unit->id);
        else
                unit_story_setf(j->unit, STORY_OUTCOME, "the %s took longer than %s=%s",
                                job_type_name(j->type),
                                total ? "JobTimeoutSec" : "JobRunningTimeoutSec", span);
}

static const char *text_of(JobResult result) {
        switch (result) {
        case JOB_CANCELED:
                return "was canceled, or another job took its place";
        case JOB_DEPENDENCY:
                return "needs what could not be had";
        case JOB_SKIPPED:
                return "was skipped, as there was nothing that it could be done to";
        case JOB_INVALID:
                return "was skipped, as the unit is not active";
        case JOB_ASSERT:
                return "was refused by an AssertX=";
        case JOB_UNSUPPORTED:
                return "is nothing that this system can do";
        case JOB_ONCE:
                return "was done before, and may not be done again";
        case JOB_DONE:
        case JOB_FAILED: /* the unit says why */
        case JOB_TIMEOUT:
        case JOB_COLLECTED:
                break;
        }
        return NULL;
}

void job_story_end(const Job *j, uint64_t now) {
        const char *text = text_of(j->result);

        if (j->result == JOB_TIMEOUT)
                tell_timeout(j, now);
        else if (text && !unit_story_text(j->unit, STORY_OUTCOME))
                unit_story_setf(j->unit, STORY_OUTCOME, "the %s %s", job_type_name(j->type), text);
}

void job_story_error(Unit *u, JobType type, int error) {
        unit_story_setf(u, STORY_OUTCOME, "the %s cannot be done: %s", job_type_name(type),
                        strerror(-error));
}

void job_story_bond(Unit *u, const Unit *other) {
        unit_story_setf(u, STORY_OUTCOME, "BindsTo=%s: that is not active", other->id);
}

void job_story_start_limit(Unit *u) {
        char span[TIME_SPAN_MAX];

        time_span_format(u->settings.start_limit_interval, 1, span);
        unit_story_setf(u, STORY_OUTCOME,
                        "it was started more than StartLimitBurst=%u times within "
                        "StartLimitIntervalSec=%s",
                        (unsigned)u->settings.start_limit_burst, span);
}
