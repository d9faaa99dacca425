/*
 * RemoveIPC=, which DynamicUser= implies: systemd.exec(5). Ids of dynamic users
 * are used again, and whoever has one next must not find what the last one left.
 */
#include "supervisor/sandbox/feature.h"

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        const Identity *i = x->identity;
        Op *op;

        if (!(c->remove_ipc || i->dynamic) || !i->changes || i->uid == 0)
                return 0;
        if (x->rootless) {
                diag->directive = "RemoveIPC";
                return diag_error(diag, -EPERM,
                                  "only root can tell what a unit left from what "
                                  "its user has; leave it out");
        }
        op = plan_add(p, OP_REMOVE_IPC, c->remove_ipc ? "RemoveIPC" : "DynamicUser");
        if (!op)
                return -ENOMEM;
        op->uid = i->uid;
        /* a group of /etc/group has other members than a dynamic user */
        op->gid = i->gid == 0 || (i->dynamic && !i->own_group) ? (gid_t)-1 : i->gid;
        return 0;
}

const Feature feature_remove_ipc = { .name = "remove-ipc", .plan = plan };
