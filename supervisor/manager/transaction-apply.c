/*
 * From paper to the engine. Room for all jobs is made before the first is installed, so that
 * nothing can go wrong in between.
 */
#include <string.h>

#include "base/diag.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/planned.h"

int transaction_apply_check(Transaction *t) {
        PLANNED_FOREACH(p, t) {
                const Job *j = p->unit->job;

                if (!j || !job_type_conflicts(j->type, p->type))
                        continue;
                if (t->mode == JOB_MODE_FAIL || j->irreversible)
                        return diag_error(t->diag, -EBUSY,
                                          "%s of %s would replace the job %s of %s by %s, which %s",
                                          job_type_name(t->anchor->type), t->anchor->unit->id,
                                          job_type_name(j->type), j->unit->id,
                                          job_type_name(p->type),
                                          j->irreversible ? "nothing may do"
                                                          : "the mode \"fail\" does not allow");
        }
        return 0;
}

/* Isolating and flushing cancel what is not part of the transaction; nobody is told to follow. */
static void cancel_others(Engine *e) {
        for (Job *j = e->jobs, *next; j; j = next) {
                next = j->next;
                if (!j->unit->settings.ignore_on_isolate && !j->unit->planned)
                        job_queue_cancel(e, j);
        }
}

static void free_jobs(Job *list) {
        for (Job *j = list, *next; j; j = next) {
                next = j->next;
                job_free(j);
        }
}

static int make_jobs(Transaction *t, Job **ret) {
        Job *list = NULL;

        PLANNED_FOREACH(p, t) {
                Job *j = calloc(1, sizeof(Job));

                if (!j) {
                        free_jobs(list);
                        return -ENOMEM;
                }
                j->next = list;
                list = j;
        }
        *ret = list;
        return 0;
}

int transaction_apply_jobs(Transaction *t, Job **ret) {
        Job *spare = NULL, *anchor = NULL;
        int r = make_jobs(t, &spare);

        if (r < 0)
                return r;
        if (t->mode == JOB_MODE_ISOLATE || t->mode == JOB_MODE_FLUSH)
                cancel_others(t->engine);
        PLANNED_FOREACH(p, t) {
                Job *j = spare, *installed;

                spare = j->next;
                *j = (Job){ .unit = p->unit,
                            .type = p->type,
                            .irreversible = t->mode == JOB_MODE_REPLACE_IRREVERSIBLY,
                            .ignore_order = p->ignore_order,
                            .asked_by = transaction_story_asked_by(t, p),
                            .trigger = p == t->anchor && t->trigger ? strdup(t->trigger) : NULL };
                installed = job_queue_install(t->engine, j);
                if (p == t->anchor)
                        anchor = installed;
        }
        transaction_story_tell(t);
        if (ret)
                *ret = anchor;
        return 0;
}
