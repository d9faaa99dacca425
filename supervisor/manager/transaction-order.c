/*
 * Jobs wait for each other as Before= and After= say, so a circle of them would wait for ever. A
 * circle is named as a whole, in one line, and the last job of it that does not matter is left out.
 * A job that stops waits for others that stop only, and never for a start; so it is enough that
 * there is no circle at first, nor when all stops are done and each restart goes on as a start.
 *
 * The walk is over units, each of which stands for its planned job, or else for its installed one.
 * It keeps its path in an array, so that no chain of units is too long for the stack.
 */
#include "base/array.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "supervisor/manager/planned.h"

typedef struct Step {
        Unit *unit;
        size_t next; /* the dependency to look at */
} Step;

typedef struct Walk {
        Transaction *transaction;
        bool stopped;    /* all stops are done, and restarts have become starts */
        uint32_t number; /* units that it has seen have this in "visit" ... */
        Step *path;
        size_t n;
} Walk;

/* ... and this while they are on the path. */
#define ON_PATH(number) ((number) | 1U)

/* The job that U will have. */
typedef struct View {
        JobType type;
        bool ordered; /* false: there is none, or it waits for nobody */
} View;

static View view_installed(const Unit *u) {
        if (!u->job)
                return (View){ 0 };
        return (View){ u->job->type, !u->job->ignore_order };
}

/* Planned jobs will be merged, and then into an installed one, or take its place. */
static View view_planned(const Unit *u) {
        View v = view_installed(u);
        bool replaces = u->planned && u->job && job_type_conflicts(u->job->type, u->planned->type);

        if (!u->planned || u->planned->type == JOB_NOP)
                return v;
        if (!u->job || replaces)
                v = (View){ u->planned->type, true };
        for (const Planned *p = u->planned; p; p = p->same_unit) {
                v.type = job_type_collapse((JobType)job_type_merge(v.type, p->type), u->active);
                v.ordered = v.ordered && !p->ignore_order;
        }
        return v;
}

/* As it is while stops are being done, or afterwards, when restarts have become starts. */
static View view(const Walk *w, const Unit *u) {
        View v = view_planned(u);

        if (w->stopped && v.type == JOB_RESTART)
                v.type = JOB_START;
        return v;
}

/* Is U's job to be done before that of the other? */
static bool goes_first(const Walk *w, const Unit *u, const Dependency *d) {
        View a = view(w, u), b = view(w, d->other);

        if (!a.ordered || !b.ordered)
                return false;
        return ((d->kinds & dependency_atoms[ATOM_BEFORE]) &&
                job_order(a.type, JOB_ORDER_BEFORE, b.type) < 0) ||
               ((d->kinds & dependency_atoms[ATOM_AFTER]) &&
                job_order(a.type, JOB_ORDER_AFTER, b.type) < 0);
}

static int push(Walk *w, Unit *u) {
        if (ARRAY_GROW(w->path, w->n) < 0)
                return -ENOMEM;
        u->visit = ON_PATH(w->number);
        w->path[w->n++] = (Step){ .unit = u };
        return 0;
}

static void name_step(const Walk *w, StrBuf *b, const Unit *u) {
        strbuf_addf(b, "%s/%s", u->id, job_type_name(view(w, u).type));
}

/* "a.service/start before b.service/start before a.service/start" */
static int name_cycle(const Walk *w, size_t begin, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        for (size_t i = begin; i < w->n; i++) {
                name_step(w, &b, w->path[i].unit);
                strbuf_add(&b, " before ");
        }
        name_step(w, &b, w->path[begin].unit);
        return strbuf_take(&b, ret);
}

/* The path from BEGIN on is a circle. Returns 1 when a job was left out, 0 when only installed jobs
 * are in it, which is not for this transaction to solve. */
static int break_cycle(Walk *w, size_t begin) {
        Diag *diag = w->transaction->diag;
        _cleanup_free_ char *cycle = NULL;
        bool planned = false;

        if (name_cycle(w, begin, &cycle) < 0)
                return -ENOMEM;
        for (size_t i = w->n; i > begin; i--) {
                Unit *u = w->path[i - 1].unit;

                planned = planned || u->planned;
                if (!u->planned || planned_unit_matters(u))
                        continue;
                diag_warning(diag, "the order is a circle: %s; %s/%s is left out to break it",
                             cycle, u->id, job_type_name(u->planned->type));
                transaction_story_leave_out(u->planned,
                                            "its %s was left out, as the order is a circle: %s",
                                            job_type_name(u->planned->type), cycle);
                planned_delete_unit(u);
                return 1;
        }
        if (!planned)
                return 0;
        return diag_error(diag, -EDEADLK,
                          "the order is a circle of jobs that are all needed: %s; take one Before= "
                          "or After= away",
                          cycle);
}

/* OTHER is to be done after the last unit of the path. */
static int follow(Walk *w, Unit *other) {
        size_t begin = w->n - 1;

        if (other->visit == w->number)
                return 0;
        if (other->visit != ON_PATH(w->number))
                return push(w, other);
        while (w->path[begin].unit != other)
                begin--;
        return break_cycle(w, begin);
}

/* Returns 1 when a job was left out. */
static int walk_from(Walk *w, Unit *u) {
        int r = u->visit == w->number ? 0 : push(w, u);

        while (r == 0 && w->n > 0) {
                Step *top = &w->path[w->n - 1];
                const DependencyList *l = &top->unit->dependencies;
                const Dependency *d = top->next < l->n ? &l->items[top->next++] : NULL;

                if (!d) {
                        top->unit->visit = w->number;
                        w->n--;
                } else if (goes_first(w, top->unit, d))
                        r = follow(w, d->other);
        }
        return r;
}

/* Returns 1 when a job was left out. */
static int find_cycle(Transaction *t, bool stopped) {
        Walk w = { .transaction = t, .stopped = stopped, .number = t->engine->visit += 2 };
        int r = 0;

        PLANNED_FOREACH(p, t) {
                r = walk_from(&w, p->unit);
                if (r != 0)
                        break;
        }
        free(w.path);
        return r;
}

int transaction_order_check(Transaction *t) {
        int r;

        do {
                r = find_cycle(t, false);
                if (r == 0)
                        r = find_cycle(t, true);
                if (r > 0 && t->mode != JOB_MODE_ISOLATE)
                        planned_collect(t);
        } while (r > 0);
        return r;
}
