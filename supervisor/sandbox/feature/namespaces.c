/*
 * PrivateNetwork=, PrivateIPC=, ProtectHostname=, ProtectControlGroups=private,
 * PrivateMounts=: systemd.exec(5); and the mount namespace that every other
 * feature with a mount operation needs.
 *
 * Without privileges all of it happens inside a user namespace of the
 * caller's, in which only the caller exists.
 */
#include <sched.h>
#include <string.h>
#include <sys/mount.h>

#include "supervisor/sandbox/feature.h"

static Op *add_unshare(Plan *p, const char *directive, uint64_t flag) {
        Op *op = plan_add(p, OP_UNSHARE, directive);

        if (op)
                op->set = flag;
        return op;
}

/* What only stays out of something stricter is dropped where there is nothing stricter: a service
 * that mounts something for the host may have a state directory. */
static bool is_exception(const Op *op) {
        return op->kind == OP_ATTRIBUTES && op->set == 0 && op->flags & OP_IGNORE_MISSING;
}

/* The directive of the first operation that needs a mount namespace, or NULL. */
static const char *needs_mounts(const Config *c, const Plan *p) {
        for (size_t i = 0; i < p->n; i++)
                if (op_is_mount(&p->ops[i]) && !is_exception(&p->ops[i]))
                        return p->ops[i].directive;
        if (c->private_mounts)
                return "PrivateMounts";
        return c->mount_flags != MOUNT_FLAGS_UNSET ? "MountFlags" : NULL;
}

/* What is mounted in a view never gets out to the host. MountFlags= is about namespaces that the
 * unit makes inside of its own, which share the mounts by default. */
static int add_mount_namespace(const Config *c, Plan *p) {
        const char *directive = needs_mounts(c, p);
        Op *op;

        if (!directive)
                return 0;
        if (!add_unshare(p, directive, CLONE_NEWNS))
                return -ENOMEM;
        if (c->mount_flags == MOUNT_FLAGS_SLAVE)
                return 0;
        op = plan_add(p, OP_PROPAGATION,
                      c->mount_flags == MOUNT_FLAGS_UNSET ? directive : "MountFlags");
        if (!op)
                return -ENOMEM;
        op->set = c->mount_flags == MOUNT_FLAGS_PRIVATE ? MS_PRIVATE : MS_SHARED;
        return 0;
}

static int add_hostname(const Config *c, Plan *p) {
        Op *op;

        if (c->protect_hostname.mode == PROTECT_HOSTNAME_NO)
                return 0;
        if (!add_unshare(p, "ProtectHostname", CLONE_NEWUTS))
                return -ENOMEM;
        if (!c->protect_hostname.name)
                return 0;
        op = plan_add(p, OP_HOSTNAME, "ProtectHostname");
        if (!op)
                return -ENOMEM;
        op->text = strdup(c->protect_hostname.name);
        return op->text ? 0 : -ENOMEM;
}

static int add_others(const Config *c, Plan *p) {
        if (c->private_network && (!add_unshare(p, "PrivateNetwork", CLONE_NEWNET) ||
                                   !plan_add(p, OP_LOOPBACK, "PrivateNetwork")))
                return -ENOMEM;
        if (c->private_ipc && !add_unshare(p, "PrivateIPC", CLONE_NEWIPC))
                return -ENOMEM;
        if (c->protect_control_groups >= PROTECT_CGROUPS_PRIVATE &&
            !add_unshare(p, "ProtectControlGroups", CLONE_NEWCGROUP))
                return -ENOMEM;
        return add_hostname(c, p);
}

/* Without privileges: what must be done inside a user namespace. */
static const char *needs_user_namespace(const Config *c, const Plan *p) {
        for (size_t i = 0; i < p->n; i++)
                if (p->ops[i].kind == OP_UNSHARE || p->ops[i].kind == OP_BOUNDING_SET ||
                    p->ops[i].kind == OP_USER || p->ops[i].kind == OP_AMBIENT ||
                    p->ops[i].kind == OP_SECURE_BITS)
                        return p->ops[i].directive;
        return c->private_users != PRIVATE_USERS_NO ? "PrivateUsers" : NULL;
}

static int add_user_namespace(const Config *c, const PlanContext *x, Plan *p) {
        const char *directive = needs_user_namespace(c, p);
        Op *op, first;

        if (!directive)
                return 0;
        op = add_unshare(p, directive, CLONE_NEWUSER);
        if (!op)
                return -ENOMEM;
        op->uid = x->caller_uid;
        op->gid = x->caller_gid;
        first = *op; /* before the others, whom it gives the right to be made */
        memmove(p->ops + 1, p->ops, (p->n - 1) * sizeof(Op));
        p->ops[0] = first;
        return 0;
}

/* The queues that the host's mount shows would be those of the host still. */
static int add_queues(const Config *c, Plan *p) {
        int r;

        if (!c->private_ipc)
                return 0;
        r = plan_add_path(p, OP_API, "PrivateIPC", "/dev/mqueue", OP_IMPLIED | OP_IGNORE_MISSING);
        if (r < 0)
                return r;
        p->ops[p->n - 1].text = strdup("mqueue");
        return p->ops[p->n - 1].text ? 0 : -ENOMEM;
}

/* The host's sysfs shows the devices of the host's network. */
static int add_sysfs(const Config *c, const PlanContext *x, Plan *p) {
        bool own_root = c->root_directory && !x->host_root;
        Op *op;
        int r;

        if (!c->private_network || (own_root && config_has(c, "MountAPIVFS") && !c->mount_api_vfs))
                return 0;
        r = plan_add_path(p, OP_API, "PrivateNetwork", "/sys",
                          OP_IMPLIED | OP_IGNORE_MISSING | (own_root ? OP_MAKE_TARGET : 0));
        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->text = strdup("sysfs");
        op->source = strdup("/sys");
        return op->text && op->source ? 0 : -ENOMEM;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        int r;

        if (x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        r = add_queues(c, p);
        if (r >= 0)
                r = add_sysfs(c, x, p);
        if (r >= 0)
                r = add_mount_namespace(c, p);
        if (r >= 0)
                r = add_others(c, p);
        return r < 0 || !x->rootless ? r : add_user_namespace(c, x, p);
}

const Feature feature_namespaces = { .name = "namespaces", .plan = plan };
