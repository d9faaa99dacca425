/*
 * RootDirectory= and MountAPIVFS=: systemd.exec(5). A root of the unit's own
 * gets /proc, /sys, /dev and /run unless the unit says no; their places are
 * made where it lacks them.
 */
#include <string.h>
#include <sys/mount.h>

#include "supervisor/sandbox/feature.h"

static int add_text(Plan *p, OpKind kind, const char *directive, const char *path,
                    const char *text) {
        int r = plan_add_path(p, kind, directive, path, OP_IMPLIED | OP_MAKE_TARGET);

        if (r < 0)
                return r;
        p->ops[p->n - 1].text = strdup(text);
        return p->ops[p->n - 1].text ? 0 : -ENOMEM;
}

static int add_bind(Plan *p, const char *directive, const char *path) {
        int r = plan_add_path(p, OP_BIND, directive, path, OP_IMPLIED | OP_MAKE_TARGET);

        if (r < 0)
                return r;
        p->ops[p->n - 1].source = strdup(path);
        return p->ops[p->n - 1].source ? 0 : -ENOMEM;
}

/* Without privileges a new /proc or /sys cannot be had; the host's are the same to such a user. */
static int add_api(Plan *p, const PlanContext *x) {
        static const char directive[] = "MountAPIVFS";
        int r = add_bind(p, directive, "/dev");

        if (r >= 0)
                r = x->rootless ? add_bind(p, directive, "/proc")
                                : add_text(p, OP_PROC, directive, "/proc", "hidepid=off");
        if (r >= 0)
                r = add_bind(p, directive, "/sys");
        if (r >= 0)
                r = add_text(p, OP_TMPFS, directive, "/run", "mode=0755,size=20%,nr_inodes=800k");
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
        return add_api(p, x);
}

const Feature feature_root_directory = { .name = "root-directory", .plan = plan };
