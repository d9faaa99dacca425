/*
 * Jobs are part of their unit's record, so that a unit and its job never disagree.
 */
#include "supervisor/manager/unit-record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/text.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/service-kind.h"
#include "supervisor/manager/unit-story.h"

#define RECORD_MAX (1 << 20)

/* ---- writing ---- */

static void write_job(const Job *j, const char *key, StrBuf *b) {
        if (j)
                strbuf_addf(b, "%s=%" PRIu32 " %s %s %d %" PRIu64 " %" PRIu64 "\n", key, j->id,
                            job_type_name(j->type), job_state_name(j->state),
                            j->irreversible + 2 * j->ignore_order + 4 * j->kept, j->begin,
                            j->begin_running);
}

static void write_limit(const RateLimit *l, const char *key, StrBuf *b) {
        if (l->count > 0)
                strbuf_addf(b, "%s=%" PRIu64 " %" PRIu32 "\n", key, l->begin, l->count);
}

/* A unit that was never up, and has nothing to tell of why, need not be remembered. */
static bool is_worth_it(const Unit *u) {
        return !u->perpetual || u->job || u->nop_job
                       ? u->active != ACTIVE_INACTIVE || u->job || u->nop_job ||
                                 u->start_limit.count > 0 || u->inactive_enter != 0 ||
                                 unit_story_text(u, STORY_OUTCOME)
                       : false;
}

static void write_unit(const Unit *u, StrBuf *b) {
        record_add(b, "Active", unit_state_active_name(u->active));
        write_job(u->job, "Job", b);
        write_job(u->nop_job, "NopJob", b);
        if (u->job) {
                record_add(b, "JobAskedBy", u->job->asked_by);
                record_add(b, "JobTrigger", u->job->trigger);
        }
        unit_story_write(u, b);
        record_add_number(b, "InactiveExit", u->inactive_exit);
        record_add_number(b, "ActiveEnter", u->active_enter);
        record_add_number(b, "ActiveExit", u->active_exit);
        record_add_number(b, "InactiveEnter", u->inactive_enter);
        write_limit(&u->start_limit, "StartLimit", b);
        write_limit(&u->automatic_limit, "AutomaticLimit", b);
        record_add_number(b, "StartLimitHit", u->start_limit_hit);
        if (service_known(u))
                service_record_write(service_known(u), b);
}

int unit_record_save(int fd, const Unit *u) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *text = NULL;
        int r;

        if (!is_worth_it(u))
                return unlinkat(fd, u->id, 0) < 0 && errno != ENOENT ? -errno : 0;
        write_unit(u, &b);
        r = strbuf_take(&b, &text);
        return r < 0 ? r : file_replace_at(fd, u->id, text, 0600);
}

/* ---- reading ---- */

/* A job that was begun, but whose unit does not look so, is begun again. */
static JobState state_of(const Unit *u, JobType type, const char *word) {
        if (!word || !text_eq(word, job_state_name(JOB_RUNNING)))
                return JOB_WAITING;
        if (job_type_stops(type))
                return u->active == ACTIVE_DEACTIVATING ? JOB_RUNNING : JOB_WAITING;
        if (type == JOB_RELOAD)
                return u->active == ACTIVE_RELOADING ? JOB_RUNNING : JOB_WAITING;
        return u->active == ACTIVE_ACTIVATING ? JOB_RUNNING : JOB_WAITING;
}

static void read_job_story(const Record *r, Job *j) {
        const char *asked_by = record_get(r, "JobAskedBy"), *trigger = record_get(r, "JobTrigger");

        j->asked_by = asked_by ? strdup(asked_by) : NULL;
        j->trigger = trigger ? strdup(trigger) : NULL;
}

static int read_job(Manager *m, Unit *u, const char *line) {
        _cleanup_free_ char *copy = strdup(line);
        char *rest = copy, *word;
        Job *j = calloc(1, sizeof(Job));
        int type, r;
        uint64_t flags;

        if (!copy || !j) {
                free(j);
                return -ENOMEM;
        }
        j->unit = u;
        j->id = (uint32_t)record_next_number(&rest);
        word = strsep(&rest, " ");
        type = word ? job_type_from_name(word) : -EINVAL;
        if (type < 0 || type >= JOB_TYPES_INSTALLED || j->id == 0) {
                free(j);
                return -EINVAL;
        }
        j->type = (JobType)type;
        j->state = state_of(u, j->type, strsep(&rest, " "));
        flags = record_next_number(&rest);
        j->irreversible = flags & 1;
        j->ignore_order = flags >> 1 & 1;
        j->kept = flags >> 2 & 1;
        j->begin = record_next_number(&rest);
        j->begin_running = record_next_number(&rest);
        r = job_queue_restore(&m->engine, j);
        if (r < 0)
                free(j);
        return r;
}

static void read_limit(RateLimit *l, const Record *r, const char *key) {
        const char *line = record_get(r, key);
        _cleanup_free_ char *copy = line ? strdup(line) : NULL;
        char *rest = copy;

        if (!copy)
                return;
        l->begin = record_next_number(&rest);
        l->count = (uint32_t)record_next_number(&rest);
}

static int read_unit(Manager *m, Unit *u, const Record *r) {
        const char *active = record_get(r, "Active"), *job = record_get(r, "Job");
        const char *nop = record_get(r, "NopJob");
        Service *s = service_kind_has(u->type) ? service_of(m, u) : NULL;
        int state = active ? unit_state_active_from_name(active) : -EINVAL, e = 0;

        if (service_kind_has(u->type) && !s)
                return -ENOMEM;
        if (s && record_get(r, "State"))
                e = service_record_read(s, r);
        if (state < 0 || e < 0)
                return e < 0 ? e : state;
        /* the engine hears of changes only, and this is none */
        u->active = s ? service_fsm_active((ServiceState)s->state) : (ActiveState)state;
        u->inactive_exit = record_number(r, "InactiveExit");
        u->active_enter = record_number(r, "ActiveEnter");
        u->active_exit = record_number(r, "ActiveExit");
        u->inactive_enter = record_number(r, "InactiveEnter");
        u->start_limit_hit = record_number(r, "StartLimitHit");
        read_limit(&u->start_limit, r, "StartLimit");
        read_limit(&u->automatic_limit, r, "AutomaticLimit");
        unit_story_read(u, r);
        if (job)
                e = read_job(m, u, job);
        if (u->job)
                read_job_story(r, u->job);
        return nop && e >= 0 ? read_job(m, u, nop) : e;
}

static int load_one(Manager *m, int units, const char *name) {
        _cleanup_(record_done) Record record = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };
        char *text;
        Unit *u;
        int r = file_read_at(units, name, RECORD_MAX, &text, NULL);

        if (r < 0)
                return r;
        record = record_parse(text);
        r = registry_load(m->registry, name, &diag, &u);
        /* one that was made by others has no file */
        if (r >= 0 && u->load == LOAD_NOT_FOUND && u->type != UNIT_SERVICE &&
            service_kind_has(u->type))
                r = registry_add(m->registry, name, &diag, &u);
        return r < 0 ? r : read_unit(m, u, &record);
}

int unit_record_load_all(Manager *m) {
        _cleanup_(dir_closep) DIR *d = NULL;
        int r = dir_open_at(m->directory, ".", &d);

        if (r < 0)
                return r;
        for (struct dirent *entry; (entry = dir_next(d));) {
                if (!unit_name_is_valid(entry->d_name)) {
                        (void)unlinkat(m->directory, entry->d_name, 0); /* half written */
                        continue;
                }
                r = load_one(m, m->directory, entry->d_name);
                if (r == -ENOMEM)
                        return r;
                if (r < 0)
                        manager_say(NULL, "the record of %s is unusable: %s", entry->d_name,
                                    strerror(-r));
        }
        return 0;
}
