/*
 * The steps of a transaction. Each leaves the set of planned jobs fitting in one more way, and
 * takes jobs away only; so all of them end.
 */
#include "supervisor/manager/transaction.h"

#include "base/diag.h"
#include "supervisor/manager/planned.h"

static int check_request(const TransactionRequest *r, Diag *diag) {
        const Unit *u = r->unit;
        bool starts = r->type != JOB_STOP && r->type != JOB_RELOAD && r->type != JOB_TRY_RELOAD &&
                      r->type != JOB_VERIFY_ACTIVE && r->type != JOB_NOP;
        bool stops = r->type == JOB_STOP || r->type == JOB_RESTART || r->type == JOB_TRY_RESTART;

        if (r->mode == JOB_MODE_ISOLATE && r->type != JOB_START)
                return diag_error(diag, -EINVAL, "the mode \"isolate\" is for start only");
        if (r->mode == JOB_MODE_TRIGGERING && r->type != JOB_STOP)
                return diag_error(diag, -EINVAL, "the mode \"triggering\" is for stop only");
        if (r->mode == JOB_MODE_RESTART_DEPENDENCIES && r->type != JOB_START)
                return diag_error(diag, -EINVAL,
                                  "the mode \"restart-dependencies\" is for start only");
        if (r->mode == JOB_MODE_ISOLATE && !u->settings.allow_isolate)
                return diag_error(diag, -EPERM,
                                  "%s cannot be isolated; that needs AllowIsolate=yes", u->id);
        if (r->by_hand && starts && u->settings.refuse_manual_start)
                return diag_error(diag, -EPERM,
                                  "%s starts only as a dependency: it has RefuseManualStart=yes",
                                  u->id);
        if (r->by_hand && stops && u->settings.refuse_manual_stop)
                return diag_error(diag, -EPERM,
                                  "%s stops only as a dependency: it has RefuseManualStop=yes",
                                  u->id);
        return 0;
}

static int pull_in(Transaction *t, const TransactionRequest *request) {
        int r = transaction_pull_request(t, request);

        if (r >= 0)
                r = transaction_pull_all(t);
        if (r >= 0 && t->mode == JOB_MODE_ISOLATE)
                r = transaction_pull_isolate(t);
        if (r >= 0 && t->mode == JOB_MODE_TRIGGERING)
                r = transaction_pull_triggers(t);
        return r < 0 ? r : transaction_pull_all(t);
}

/* The mode "fail" takes no running unit away for the sake of what does not matter. */
static void spare_running(Transaction *t) {
        PLANNED_FOREACH(p, t) {
                const Unit *u = p->unit;
                bool stops = p->type == JOB_STOP && unit_state_goes_up(u->active);

                if (!p->matters && (stops || (u->job && job_type_conflicts(p->type, u->job->type))))
                        planned_delete(p);
        }
}

/* Must the unit's jobs stay although one of them, or all, change nothing? */
static bool has_work(const Transaction *t, const Unit *u) {
        for (const Planned *p = u->planned; p; p = p->same_unit)
                if (p == t->anchor || !job_type_is_redundant(p->type, u->active) ||
                    (u->job && job_type_conflicts(p->type, u->job->type)))
                        return true;
        return false;
}

static void drop_redundant(Transaction *t) {
        PLANNED_FOREACH(p, t)
        if (!has_work(t, p->unit))
                planned_remove(p);
}

static int make(Transaction *t, const TransactionRequest *request) {
        int r = pull_in(t, request);

        if (r < 0)
                return r;
        planned_mark_matters(t);
        if (t->mode == JOB_MODE_FAIL)
                spare_running(t);
        drop_redundant(t);
        if (t->mode != JOB_MODE_ISOLATE)
                planned_collect(t);
        /* what was needed only by something that is there already does not matter any more */
        planned_mark_matters(t);
        r = transaction_merge_settle(t);
        if (r >= 0)
                r = transaction_order_check(t);
        if (r < 0)
                return r;
        transaction_merge_jobs(t);
        drop_redundant(t);
        return transaction_apply_check(t);
}

int transaction_run(Engine *e, const TransactionRequest *request, Diag *diag, Job **ret) {
        _cleanup_(planned_done) Transaction t = { .engine = e,
                                                  .mode = request->mode,
                                                  .asked_by = request->asked_by,
                                                  .trigger = request->trigger,
                                                  .diag = diag };
        int r = check_request(request, diag);

        if (r >= 0)
                r = make(&t, request);
        return r < 0 ? r : transaction_apply_jobs(&t, ret);
}
