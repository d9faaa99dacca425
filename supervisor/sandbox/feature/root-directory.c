/*
 * RootDirectory= and MountAPIVFS=: systemd.exec(5). A root of the unit's own
 * gets /proc, /sys, /dev and /run unless the unit says no; their places are
 * made where it lacks them.
 */
#include <string.h>
#include <sys/mount.h>

#include "supervisor/sandbox/feature.h"

/* A new file system with the options TEXT, or the host's own. The interfaces of the kernel hold no
 * programs, and no devices but in /dev. */
static int add(Plan *p, OpKind kind, const char *path, const char *text, uint64_t attributes) {
        int r = plan_add_path(p, kind, "MountAPIVFS", path, OP_IMPLIED | OP_MAKE_TARGET);
        Op *op;

        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->set = attributes;
        op->clear = attributes & MOUNT_ATTR__ATIME ? attributes | MOUNT_ATTR__ATIME : attributes;
        if (kind == OP_BIND)
                op->source = strdup(path);
        else
                op->text = strdup(text);
        return op->source || op->text ? 0 : -ENOMEM;
}

/* Without privileges a new /proc or /sys cannot be had; the host's are the same to such a user. */
static int add_api(const Config *c, Plan *p, const PlanContext *x) {
        static const uint64_t nothing = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
        int r = add(p, OP_BIND, "/dev", NULL, MOUNT_ATTR_NOSUID);

        if (r >= 0)
                r = add(p, x->rootless ? OP_BIND : OP_PROC, "/proc", "hidepid=off", nothing);
        if (r >= 0 && !c->private_network) /* which brings one of its own */
                r = add(p, OP_BIND, "/sys", NULL, nothing);
        if (r >= 0)
                r = add(p, OP_TMPFS, "/run", "mode=0755,size=20%,nr_inodes=800k",
                        MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_STRICTATIME);
        return r;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        int r;

        if (!c->root_directory || x->host_root || x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        r = plan_add_path(p, OP_ROOT, "RootDirectory", "/", 0);
        if (r < 0)
                return r;
        p->ops[p->n - 1].source = strdup(c->root_directory);
        if (!p->ops[p->n - 1].source)
                return -ENOMEM;
        if (config_has(c, "MountAPIVFS") && !c->mount_api_vfs)
                return 0;
        return add_api(c, p, x);
}

const Feature feature_root_directory = { .name = "root-directory", .plan = plan };
