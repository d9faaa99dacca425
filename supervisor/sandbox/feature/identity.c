/*
 * User=, Group=, SupplementaryGroups=, PrivateUsers=, and the ambient
 * capabilities, which have to outlive the change of user.
 */
#include <string.h>

#include "supervisor/sandbox/feature.h"

static int plan_groups(const Identity *i, Plan *p) {
        Op *op = plan_add(p, OP_GROUPS, i->dynamic ? "DynamicUser" : "User");
        size_t size = i->n_groups * sizeof(gid_t);

        if (!op)
                return -ENOMEM;
        op->gid = i->gid;
        op->number = (int64_t)i->n_groups;
        op->text = malloc(size + 1);
        if (!op->text)
                return -ENOMEM;
        if (size > 0)
                memcpy(op->text, i->groups, size);
        return 0;
}

static int plan_user(const Identity *i, bool keep_capabilities, Plan *p) {
        Op *op = plan_add(p, OP_USER, i->dynamic ? "DynamicUser" : "User");

        if (!op)
                return -ENOMEM;
        op->uid = i->uid;
        op->number = keep_capabilities;
        return 0;
}

static int plan_ambient(const Config *c, Plan *p) {
        Op *op = plan_add(p, OP_AMBIENT, "AmbientCapabilities");

        if (!op)
                return -ENOMEM;
        op->set = c->ambient_capabilities.mask;
        return 0;
}

static int plan_private_users(const Config *c, const PlanContext *x, Plan *p) {
        static const char *const words[] = {
                [PRIVATE_USERS_SELF] = "self",
                [PRIVATE_USERS_IDENTITY] = "identity",
                [PRIVATE_USERS_FULL] = "full",
        };
        Op *op;

        if (c->private_users == PRIVATE_USERS_NO || x->rootless)
                return 0;
        op = plan_add(p, OP_USER_NAMESPACE, "PrivateUsers");
        if (!op)
                return -ENOMEM;
        op->number = c->private_users;
        op->uid = x->identity->changes ? x->identity->uid : x->caller_uid;
        op->gid = x->identity->changes ? x->identity->gid : x->caller_gid;
        op->text = strdup(words[c->private_users]);
        return op->text ? 0 : -ENOMEM;
}

/* An ordinary user has one uid to give: the caller's own. */
static int check_rootless(const Config *c, const PlanContext *x, Diag *diag) {
        if (c->dynamic_user)
                return diag_error(
                        diag, -EPERM,
                        "DynamicUser=: only root can run commands as another user; leave it "
                        "out, or use sudo");
        if (c->supplementary_groups)
                return diag_error(diag, -EPERM,
                                  "SupplementaryGroups=: only root can run commands with other "
                                  "groups; leave it out, or use sudo");
        if (x->identity->changes &&
            (x->identity->uid != x->caller_uid || x->identity->gid != x->caller_gid))
                return diag_error(
                        diag, -EPERM,
                        "%s=%s: only root can run commands as another user or group; leave "
                        "it out, or use sudo",
                        c->user ? "User" : "Group", c->user ? c->user : c->group);
        if (c->private_users == PRIVATE_USERS_FULL || c->private_users == PRIVATE_USERS_IDENTITY)
                return diag_error(diag, -EPERM,
                                  "PrivateUsers=: an ordinary user can map just one user; write "
                                  "\"self\" instead");
        return 0;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        const Identity *i = x->identity;
        bool ambient = c->ambient_capabilities.set && c->ambient_capabilities.mask;
        int r = 0;

        if (x->rootless)
                r = check_rootless(c, x, diag);
        if (r < 0 || x->variant == PLAN_FULL_PRIVILEGES)
                return r;
        if (i->changes && x->variant == PLAN_FULL && !x->rootless) {
                r = plan_groups(i, p);
                if (r >= 0)
                        r = plan_user(i, ambient, p);
        }
        if (r >= 0 && ambient)
                r = plan_ambient(c, p);
        return r < 0 ? r : plan_private_users(c, x, p);
}

const Feature feature_identity = { .name = "identity", .plan = plan };
