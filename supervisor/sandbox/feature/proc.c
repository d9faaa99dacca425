/*
 * ProtectProc= and ProcSubset=: systemd.exec(5). Both are options of one new
 * procfs instance, which Linux 5.8 and later keeps apart from the host's.
 */
#include <stdio.h>

#include "supervisor/sandbox/feature.h"

static const char *const hidepid[] = {
        [PROTECT_PROC_DEFAULT] = "off",
        [PROTECT_PROC_NOACCESS] = "noaccess",
        [PROTECT_PROC_INVISIBLE] = "invisible",
        [PROTECT_PROC_PTRACEABLE] = "ptraceable",
};

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        const char *directive =
                c->protect_proc != PROTECT_PROC_DEFAULT ? "ProtectProc" : "ProcSubset";
        int r;

        if (x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        if (c->protect_proc == PROTECT_PROC_DEFAULT && c->proc_subset == PROC_SUBSET_ALL)
                return 0;
        r = plan_add_path(p, OP_PROC, directive, "/proc",
                          OP_IMPLIED | (c->root_directory ? OP_MAKE_TARGET : 0));
        if (r < 0)
                return r;
        if (asprintf(&p->ops[p->n - 1].text, "hidepid=%s%s", hidepid[c->protect_proc],
                     c->proc_subset == PROC_SUBSET_PID ? ",subset=pid" : "") < 0) {
                p->ops[p->n - 1].text = NULL;
                return -ENOMEM;
        }
        return 0;
}

const Feature feature_proc = { .name = "proc", .plan = plan };
