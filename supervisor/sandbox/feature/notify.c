/*
 * The way to the notification socket of sd_notify(3): it stays reachable in a
 * root of the unit's own, and below whatever covers /run.
 */
#include <string.h>

#include "supervisor/sandbox/feature.h"

static bool is_covered(const Plan *p) {
        for (size_t i = 0; i < p->n; i++)
                if (op_is_content(&p->ops[i]) && p->ops[i].kind != OP_FILE)
                        return true;
        return false;
}

static int add_bind(const char *path, const PlanContext *x, Plan *p) {
        int r;

        if (!is_covered(p) || x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        r = plan_add_path(p, OP_BIND, "NotifyAccess", path, OP_MAKE_TARGET);
        if (r < 0)
                return r;
        p->ops[p->n - 1].source = strdup(path);
        return p->ops[p->n - 1].source ? 0 : -ENOMEM;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        Op *op;
        int r;

        if (x->notify_socket)
                return add_bind(x->notify_socket, x, p);
        if (!x->notify_directory)
                return 0;
        r = plan_add_path(p, OP_DIRECTORY, "NotifyAccess", x->notify_directory,
                          OP_REMOVE_AFTERWARDS);
        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->mode = 0755;
        op->uid = x->caller_uid;
        op->gid = x->caller_gid;
        return add_bind(x->notify_directory, x, p);
}

const Feature feature_notify = { .name = "notify", .plan = plan };
