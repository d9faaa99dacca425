/*
 * PrivateDevices=: systemd.exec(5). The capabilities and calls that reach
 * devices around /dev are taken away by feature/capabilities.c and
 * feature/syscalls.c.
 */
#include <sys/mount.h>

#include "supervisor/sandbox/feature.h"

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        int r;

        if (!c->private_devices || x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        r = plan_add_path(p, OP_DEVICES, "PrivateDevices", "/dev",
                          OP_IMPLIED | (c->root_directory ? OP_MAKE_TARGET : 0));
        if (r < 0)
                return r;
        /* device nodes are no programs; under noexec, /dev/zero cannot be mapped executable */
        p->ops[p->n - 1].set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
        p->ops[p->n - 1].clear = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY;
        return 0;
}

const Feature feature_private_devices = { .name = "private-devices", .plan = plan };
