/*
 * One job a unit: jobs that go together become one that does the work of all, and of two that
 * exclude each other the one that does not matter is left out. Merging comes last, because a job
 * that matters must not come to need, by being merged, what does not.
 */
#include "base/diag.h"
#include "supervisor/manager/planned.h"

/* Is the unit stopped because another one that is started excludes it? */
static bool is_stopped_by_conflict(const Planned *p) {
        for (const Link *l = p->needed_by; l; l = l->object_next)
                if (l->conflicts && !l->subject->deleted)
                        return true;
        return false;
}

/* Of two jobs that exclude each other, the one to leave out; NULL where both matter. Where neither
 * does, units are rather left running than stopped, unless a conflict is the reason for the stop.
 */
static Planned *choose(Planned *a, Planned *b) {
        Planned *stop = a->type == JOB_STOP ? a : b, *other = stop == a ? b : a;

        if (a->matters != b->matters)
                return a->matters ? b : a;
        if (a->matters)
                return NULL;
        return is_stopped_by_conflict(stop) ? other : stop;
}

/* Returns 1 when one of the unit's jobs was left out, and perhaps others with it; 0 when all go
 * together. */
static int settle(Transaction *t, Unit *u) {
        for (Planned *a = u->planned; a; a = a->same_unit) {
                for (Planned *b = a->same_unit; b; b = b->same_unit) {
                        Planned *out;

                        if (!job_type_conflicts(a->type, b->type))
                                continue;
                        out = choose(a, b);
                        if (!out)
                                return diag_error(
                                        t->diag, -ENOEXEC,
                                        "%s of %s needs both %s and %s of %s, which exclude each "
                                        "other; look for contradicting dependencies",
                                        job_type_name(t->anchor->type), t->anchor->unit->id,
                                        job_type_name(a->type), job_type_name(b->type), u->id);
                        planned_delete(out);
                        return 1;
                }
        }
        return 0;
}

/* Returns 1 when something was left out. */
static int settle_all(Transaction *t) {
        int r = 0;

        PLANNED_FOREACH(p, t) {
                r = settle(t, p->unit);
                if (r != 0)
                        break;
        }
        return r;
}

static void take_links(Planned *to, Planned *from) {
        Link **end;

        for (Link *l = from->needs; l; l = l->subject_next)
                l->subject = to;
        for (Link *l = from->needed_by; l; l = l->object_next)
                l->object = to;
        for (end = &to->needs; *end;)
                end = &(*end)->subject_next;
        *end = from->needs;
        for (end = &to->needed_by; *end;)
                end = &(*end)->object_next;
        *end = from->needed_by;
        from->needs = from->needed_by = NULL;
}

/* The anchor stays, as somebody waits for it. */
static void merge(Transaction *t, Unit *u) {
        Planned *into = u->planned;

        for (Planned *p = u->planned; p; p = p->same_unit)
                if (p == t->anchor)
                        into = p;
        for (Planned *p = u->planned, *next; p; p = next) {
                int type = job_type_merge(into->type, p->type);

                next = p->same_unit;
                if (p == into)
                        continue;
                assert(type >= 0);
                into->type = job_type_collapse((JobType)type, u->active);
                into->matters = into->matters || p->matters;
                into->ignore_order = into->ignore_order || p->ignore_order;
                take_links(into, p);
                planned_remove(p);
        }
}

int transaction_merge_settle(Transaction *t) {
        int r;

        while ((r = settle_all(t)) > 0)
                if (t->mode != JOB_MODE_ISOLATE)
                        planned_collect(t);
        return r;
}

void transaction_merge_jobs(Transaction *t) {
        PLANNED_FOREACH(p, t)
        if (p->unit->planned->same_unit)
                merge(t, p->unit);
}
