/*
 * The order of two jobs follows from that of their units: what starts goes along with it, what
 * stops goes against it, and where one stops and the other starts, the stop comes first
 * (systemd.unit(5), "Before=, After=").
 */
#include "supervisor/manager/job.h"

#include <stdlib.h>

void job_free(Job *j) {
        free(j->asked_by);
        free(j->trigger);
        free(j);
}

const char *job_state_name(JobState s) {
        return s == JOB_RUNNING ? "running" : "waiting";
}

int job_order(JobType a, JobOrder a_is, JobType b) {
        if (a == JOB_NOP || b == JOB_NOP)
                return 0;
        if (a_is == JOB_ORDER_AFTER)
                return -job_order(b, JOB_ORDER_BEFORE, a);
        return job_type_stops(b) ? 1 : -1;
}

static uint64_t add_time(uint64_t begin, uint64_t span) {
        return span > UINT64_MAX - begin ? UINT64_MAX : begin + span;
}

uint64_t job_deadline(const Job *j) {
        const UnitSettings *s = &j->unit->settings;
        uint64_t total = add_time(j->begin, s->job_timeout);
        uint64_t running =
                j->begin_running ? add_time(j->begin_running, s->job_running_timeout) : UINT64_MAX;

        return MIN_OF(total, running);
}
