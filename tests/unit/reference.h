/* The rules of systemd.unit(5) for transactions, said once more: slowly, by fixpoints over small
 * matrices, without a look at how the engine does it. What is compared with it is right, or one of
 * the two is wrong. */
#pragma once

#include <string.h>

#include "supervisor/manager/engine.h"

enum { REF_UNITS = 12, REF_TYPES = JOB_TYPES_INSTALLED, REF_JOBS = REF_UNITS * REF_TYPES };

typedef enum RefLink { REF_NONE, REF_WANTS, REF_NEEDS } RefLink;

/* What a request came to. */
typedef enum RefOutcome {
        REF_EXACT,      /* "type" says which jobs there are */
        REF_NOT_LOADED, /* something that is needed cannot be had */
        REF_CONTRADICTION,
        REF_CYCLE,
        REF_DESTRUCTIVE,
        REF_CHOICE, /* something has to go, and the manual does not say what */
} RefOutcome;

typedef struct Ref {
        /* the world */
        int n;
        bool dep[DEPENDENCY_KINDS][REF_UNITS][REF_UNITS]; /* forward kinds only */
        ActiveState state[REF_UNITS];
        bool loaded[REF_UNITS], perpetual[REF_UNITS], stays_on_isolate[REF_UNITS];
        int installed[REF_UNITS]; /* a JobType, or -1 */
        bool irreversible[REF_UNITS], unordered[REF_UNITS];
        /* the request */
        int unit;
        JobType asked;
        JobMode mode;
        /* what it comes to; job U * REF_TYPES + T */
        int anchor;
        bool in[REF_JOBS], broken[REF_JOBS], matters[REF_JOBS];
        RefLink link[REF_JOBS][REF_JOBS];
        int type[REF_UNITS];      /* merged: a JobType, or -1 */
        int firm_type[REF_UNITS]; /* the same of those only that matter */
} Ref;

static bool ref_up(const Ref *r, int u) {
        return r->state[u] == ACTIVE_ACTIVE || r->state[u] == ACTIVE_RELOADING;
}

static bool ref_down(const Ref *r, int u) {
        return r->state[u] == ACTIVE_INACTIVE || r->state[u] == ACTIVE_FAILED;
}

static JobType ref_collapse(const Ref *r, JobType t, int u) {
        if (t == JOB_TRY_RESTART)
                return ref_up(r, u) ? JOB_RESTART : JOB_NOP;
        if (t == JOB_TRY_RELOAD)
                return ref_up(r, u) ? JOB_RELOAD : JOB_NOP;
        if (t == JOB_RELOAD_OR_START)
                return ref_up(r, u) ? JOB_RELOAD : JOB_START;
        return t;
}

/* A stop goes together with nothing but a stop. */
static bool ref_exclude(int a, int b) {
        return (a == JOB_STOP) != (b == JOB_STOP) && a != JOB_NOP && b != JOB_NOP;
}

/* ---- pulling in ---- */

static bool ref_pull(Ref *r, int by, int u, JobType asked, RefLink how) {
        JobType t = ref_collapse(r, asked, u);
        int j = u * REF_TYPES + (int)t;
        bool news;

        if (t == JOB_NOP || (r->perpetual[u] && (t == JOB_STOP || t == JOB_RESTART)))
                return false;
        if (t != JOB_STOP && !r->loaded[u]) {
                news = how == REF_NEEDS && !r->broken[by];
                r->broken[by] = r->broken[by] || how == REF_NEEDS;
                return news;
        }
        news = !r->in[j] || r->link[by][j] < how;
        r->in[j] = true;
        if (r->link[by][j] < how)
                r->link[by][j] = how;
        return news;
}

/* Is V stopped with U, and if so, restarted with it? */
static bool ref_follows_restart(const Ref *r, int v, int u) {
        return r->dep[DEPENDENCY_REQUIRES][v][u] || r->dep[DEPENDENCY_REQUISITE][v][u] ||
               r->dep[DEPENDENCY_BINDS_TO][v][u] || r->dep[DEPENDENCY_PART_OF][v][u];
}

static bool ref_pull_start(Ref *r, int j, int u, int v) {
        bool news = false;

        if (r->dep[DEPENDENCY_REQUIRES][u][v] || r->dep[DEPENDENCY_BINDS_TO][u][v])
                news |= ref_pull(r, j, v, JOB_START, REF_NEEDS);
        if (r->dep[DEPENDENCY_WANTS][u][v] || r->dep[DEPENDENCY_UPHOLDS][u][v])
                news |= ref_pull(r, j, v, JOB_START, REF_WANTS);
        if (r->dep[DEPENDENCY_REQUISITE][u][v])
                news |= ref_pull(r, j, v, JOB_VERIFY_ACTIVE, REF_NEEDS);
        if (r->dep[DEPENDENCY_CONFLICTS][u][v])
                news |= ref_pull(r, j, v, JOB_STOP, REF_NEEDS);
        if (r->dep[DEPENDENCY_CONFLICTS][v][u])
                news |= ref_pull(r, j, v, JOB_STOP, REF_WANTS);
        return news;
}

static bool ref_pull_all_of(Ref *r, int j) {
        int u = j / REF_TYPES, t = j % REF_TYPES;
        bool restarts =
                t == JOB_RESTART || (j == r->anchor && r->mode == JOB_MODE_RESTART_DEPENDENCIES);
        bool news = false;

        for (int v = 0; v < r->n; v++) {
                bool follows = ref_follows_restart(r, v, u);
                bool hears_stop = r->dep[DEPENDENCY_PROPAGATES_STOP_TO][u][v];

                if (t == JOB_START || t == JOB_RESTART)
                        news |= ref_pull_start(r, j, u, v);
                if (restarts && follows)
                        news |= ref_pull(r, j, v, JOB_TRY_RESTART, REF_NEEDS);
                else if (restarts && hears_stop)
                        news |= ref_pull(r, j, v, JOB_STOP, REF_NEEDS);
                if (t == JOB_STOP && (follows || hears_stop))
                        news |= ref_pull(r, j, v, JOB_STOP, REF_NEEDS);
                if (t == JOB_RELOAD && r->dep[DEPENDENCY_PROPAGATES_RELOAD_TO][u][v])
                        news |= ref_pull(r, j, v, JOB_TRY_RELOAD, REF_WANTS);
        }
        return news;
}

static void ref_pull_fixpoint(Ref *r) {
        bool news =
                r->mode != JOB_MODE_IGNORE_DEPENDENCIES && r->mode != JOB_MODE_IGNORE_REQUIREMENTS;

        while (news) {
                news = false;
                for (int j = 0; j < REF_JOBS; j++)
                        if (r->in[j])
                                news |= ref_pull_all_of(r, j);
        }
}

static bool ref_has_job(const Ref *r, int u) {
        for (int t = 0; t < REF_TYPES; t++)
                if (r->in[u * REF_TYPES + t])
                        return true;
        return false;
}

static void ref_pull_stops(Ref *r) {
        bool chosen[REF_UNITS] = { false };

        for (int v = 0; v < r->n; v++) {
                bool meant = r->mode == JOB_MODE_ISOLATE
                                     ? !r->stays_on_isolate[v]
                                     : r->mode == JOB_MODE_TRIGGERING &&
                                               r->dep[DEPENDENCY_TRIGGERS][v][r->unit];

                chosen[v] =
                        meant && !ref_has_job(r, v) && (!ref_down(r, v) || r->installed[v] >= 0);
        }
        for (int v = 0; v < r->n; v++)
                if (chosen[v])
                        ref_pull(r, r->anchor, v, JOB_STOP, REF_NEEDS);
        ref_pull_fixpoint(r);
}

/* ---- taking away ---- */

static bool ref_needs_any(const Ref *r, int a, const bool gone[REF_JOBS]) {
        for (int b = 0; b < REF_JOBS; b++)
                if (gone[b] && r->link[a][b] == REF_NEEDS)
                        return true;
        return false;
}

/* Whoever needs what is gone goes, too. GONE is extended. */
static void ref_take_away(Ref *r, bool gone[REF_JOBS]) {
        for (bool news = true; news;) {
                news = false;
                for (int a = 0; a < REF_JOBS; a++) {
                        if (!r->in[a] || gone[a] || !ref_needs_any(r, a, gone))
                                continue;
                        gone[a] = news = true;
                }
        }
        for (int j = 0; j < REF_JOBS; j++)
                r->in[j] = r->in[j] && !gone[j];
}

/* Adds what A leads to; returns whether that was new. */
static bool ref_reach_from(const Ref *r, int a, RefLink at_least, bool ret[REF_JOBS]) {
        bool news = false;

        for (int b = 0; b < REF_JOBS; b++) {
                if (!r->in[b] || ret[b] || r->link[a][b] < at_least)
                        continue;
                ret[b] = news = true;
        }
        return news;
}

static void ref_reach(const Ref *r, RefLink at_least, bool ret[REF_JOBS]) {
        memset(ret, 0, REF_JOBS * sizeof(bool));
        ret[r->anchor] = true;
        for (bool news = true; news;) {
                news = false;
                for (int a = 0; a < REF_JOBS; a++)
                        if (ret[a])
                                news |= ref_reach_from(r, a, at_least, ret);
        }
}

static void ref_collect(Ref *r) {
        bool reached[REF_JOBS];

        if (r->mode == JOB_MODE_ISOLATE)
                return;
        ref_reach(r, REF_WANTS, reached);
        for (int j = 0; j < REF_JOBS; j++)
                r->in[j] = r->in[j] && reached[j];
}

static void ref_spare_running(Ref *r) {
        bool gone[REF_JOBS] = { false };

        for (int j = 0; j < REF_JOBS; j++) {
                int u = j / REF_TYPES, t = j % REF_TYPES;
                bool runs = ref_up(r, u) || r->state[u] == ACTIVE_ACTIVATING;

                gone[j] = r->in[j] && !r->matters[j] &&
                          ((t == JOB_STOP && runs) ||
                           (r->installed[u] >= 0 && ref_exclude(t, r->installed[u])));
        }
        ref_take_away(r, gone);
}

static bool ref_changes_nothing(const Ref *r, int t, int u) {
        if (r->installed[u] >= 0 && ref_exclude(t, r->installed[u]))
                return false;
        switch (t) {
        case JOB_START:
        case JOB_VERIFY_ACTIVE:
                return ref_up(r, u);
        case JOB_STOP:
                return ref_down(r, u);
        case JOB_RELOAD:
                return r->state[u] == ACTIVE_RELOADING;
        case JOB_RESTART:
                return r->state[u] == ACTIVE_ACTIVATING;
        default:
                return true;
        }
}

static void ref_drop_redundant(Ref *r) {
        for (int u = 0; u < r->n; u++) {
                bool work = false;

                for (int t = 0; t < REF_TYPES; t++)
                        work |= r->in[u * REF_TYPES + t] &&
                                (u * REF_TYPES + t == r->anchor || !ref_changes_nothing(r, t, u));
                for (int t = 0; t < REF_TYPES && !work; t++)
                        r->in[u * REF_TYPES + t] = false;
        }
}

/* Removes what excludes something that matters. Returns REF_EXACT when all goes together then. */
static RefOutcome ref_settle(Ref *r) {
        bool gone[REF_JOBS] = { false }, choice = false;

        for (int a = 0; a < REF_JOBS; a++)
                for (int b = a + 1; b < REF_JOBS && b / REF_TYPES == a / REF_TYPES; b++) {
                        if (!r->in[a] || !r->in[b] || !ref_exclude(a % REF_TYPES, b % REF_TYPES))
                                continue;
                        if (r->matters[a] && r->matters[b])
                                return REF_CONTRADICTION;
                        choice |= !r->matters[a] && !r->matters[b];
                        gone[a] |= !r->matters[a];
                        gone[b] |= !r->matters[b];
                }
        if (choice)
                return REF_CHOICE;
        ref_take_away(r, gone);
        ref_collect(r);
        return REF_EXACT;
}

static int ref_merge_types(const Ref *r, const bool in[REF_TYPES], int u) {
        if (in[JOB_STOP])
                return JOB_STOP;
        if (in[JOB_RESTART])
                return JOB_RESTART;
        if (in[JOB_RELOAD])
                return in[JOB_START] && !ref_up(r, u) ? JOB_START : JOB_RELOAD;
        if (in[JOB_START])
                return JOB_START;
        if (in[JOB_VERIFY_ACTIVE])
                return JOB_VERIFY_ACTIVE;
        return in[JOB_NOP] ? JOB_NOP : -1;
}

static int ref_merge_unit(const Ref *r, int u, bool matters_only) {
        bool in[REF_TYPES];

        for (int t = 0; t < REF_TYPES; t++)
                in[t] = r->in[u * REF_TYPES + t] &&
                        (!matters_only || r->matters[u * REF_TYPES + t]);
        return ref_merge_types(r, in, u);
}

/* ---- order ---- */

/* Is the job of type A of U to be done before that of type B of V? */
static bool ref_first(const Ref *r, int u, int a, int v, int b) {
        bool before = r->dep[DEPENDENCY_BEFORE][u][v], after = r->dep[DEPENDENCY_BEFORE][v][u];
        bool a_stops = a == JOB_STOP || a == JOB_RESTART,
             b_stops = b == JOB_STOP || b == JOB_RESTART;

        if (a < 0 || b < 0 || a == JOB_NOP || b == JOB_NOP)
                return false;
        if (!a_stops && !b_stops)
                return before;
        if (a_stops && b_stops)
                return after;
        return a_stops && (before || after);
}

/* What U's job will be: a planned one takes the place of an installed one, or joins it. */
static int ref_final_type(const Ref *r, int u, bool count_planned) {
        bool both[REF_TYPES] = { false };

        if (r->type[u] < 0 || r->type[u] == JOB_NOP || !count_planned)
                return r->installed[u];
        if (r->installed[u] < 0 || ref_exclude(r->type[u], r->installed[u]))
                return r->type[u];
        both[r->type[u]] = both[r->installed[u]] = true;
        return ref_merge_types(r, both, u);
}

/* Is there a circle, through a planned job, if of these only the ones that COUNT are installed?
 * When STOPPED, all restarts are starts. */
static bool ref_is_cyclic(const Ref *r, const bool count[REF_UNITS], bool stopped) {
        bool path[REF_UNITS][REF_UNITS] = { { false } };
        int type[REF_UNITS];

        for (int u = 0; u < r->n; u++) {
                bool planned = r->type[u] >= 0 && r->type[u] != JOB_NOP && count[u];
                bool replaces =
                        planned && r->installed[u] >= 0 && ref_exclude(r->type[u], r->installed[u]);
                bool unordered = (planned && r->mode == JOB_MODE_IGNORE_DEPENDENCIES) ||
                                 (!replaces && r->unordered[u]);

                type[u] = unordered ? -1 : ref_final_type(r, u, count[u]);
                if (stopped && type[u] == JOB_RESTART)
                        type[u] = JOB_START;
        }
        for (int u = 0; u < r->n; u++)
                for (int v = 0; v < r->n; v++)
                        path[u][v] = ref_first(r, u, type[u], v, type[v]);
        for (int k = 0; k < r->n; k++)
                for (int u = 0; u < r->n; u++)
                        for (int v = 0; v < r->n; v++)
                                path[u][v] = path[u][v] || (path[u][k] && path[k][v]);
        for (int u = 0; u < r->n; u++)
                if (r->type[u] >= 0 && count[u] && path[u][u])
                        return true;
        return false;
}

/* What matters stays, whatever else is left out; but leaving out can change what a unit's job is.
 */
static RefOutcome ref_order(const Ref *r) {
        bool all[REF_UNITS] = { false }, needed[REF_UNITS] = { false }, same = true;

        for (int u = 0; u < r->n; u++) {
                all[u] = true;
                needed[u] = r->firm_type[u] >= 0;
                same = same && (!needed[u] || r->firm_type[u] == r->type[u]);
        }
        if (!ref_is_cyclic(r, all, false) && !ref_is_cyclic(r, all, true))
                return REF_EXACT;
        if (same && (ref_is_cyclic(r, needed, false) || ref_is_cyclic(r, needed, true)))
                return REF_CYCLE;
        return REF_CHOICE;
}

/* ---- all of it ---- */

static RefOutcome ref_merge(Ref *r) {
        RefOutcome o = ref_settle(r);

        for (int u = 0; u < r->n && o == REF_EXACT; u++) {
                r->type[u] = ref_merge_unit(r, u, false);
                r->firm_type[u] = ref_merge_unit(r, u, true);
        }
        return o;
}

static RefOutcome ref_install(Ref *r) {
        for (int u = 0; u < r->n; u++) {
                if (r->type[u] < 0 || u == r->unit)
                        continue;
                if (ref_changes_nothing(r, r->type[u], u))
                        r->type[u] = -1;
        }
        for (int u = 0; u < r->n; u++)
                if (r->type[u] >= 0 && r->installed[u] >= 0 &&
                    ref_exclude(r->type[u], r->installed[u]) &&
                    (r->mode == JOB_MODE_FAIL || r->irreversible[u]))
                        return REF_DESTRUCTIVE;
        for (int u = 0; u < r->n; u++) {
                bool flushed = (r->mode == JOB_MODE_ISOLATE || r->mode == JOB_MODE_FLUSH) &&
                               !r->stays_on_isolate[u];

                if (r->type[u] < 0)
                        r->type[u] = flushed ? -1 : r->installed[u];
                else if (r->type[u] != JOB_NOP)
                        r->type[u] = ref_final_type(r, u, true);
        }
        return REF_EXACT;
}

static RefOutcome ref_run(Ref *r) {
        bool gone[REF_JOBS];
        RefOutcome o;

        r->anchor = r->unit * REF_TYPES + (int)ref_collapse(r, r->asked, r->unit);
        r->in[r->anchor] = true;
        ref_pull_fixpoint(r);
        memcpy(gone, r->broken, sizeof(gone));
        ref_take_away(r, gone);
        if (!r->in[r->anchor])
                return REF_NOT_LOADED;
        ref_pull_stops(r);
        memcpy(gone, r->broken, sizeof(gone));
        ref_take_away(r, gone);
        if (!r->in[r->anchor])
                return REF_NOT_LOADED;
        ref_reach(r, REF_NEEDS, r->matters);
        if (r->mode == JOB_MODE_FAIL)
                ref_spare_running(r);
        ref_drop_redundant(r);
        ref_collect(r);
        ref_reach(r, REF_NEEDS, r->matters);
        o = ref_merge(r);
        if (o == REF_EXACT)
                o = ref_order(r);
        return o == REF_EXACT ? ref_install(r) : o;
}
