/*
 * ProtectHome=: systemd.exec(5). "tmpfs" leaves room to bind in what is needed.
 */
#include <string.h>
#include <sys/mount.h>

#include "supervisor/sandbox/effective.h"
#include "supervisor/sandbox/feature.h"

static int hide(Plan *p, const char *directive, const char *path, unsigned flags) {
        int r = plan_add_path(p, OP_TMPFS, directive, path, flags);
        Op *op;

        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID;
        op->clear = op->set;
        op->text = strdup("mode=0755");
        return op->text ? 0 : -ENOMEM;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        static const char *const homes[] = { "/home", "/root", "/run/user" };
        const unsigned flags = OP_IMPLIED | OP_IGNORE_MISSING;
        Effective e = effective_protect_home(c);

        if (x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
                int r = 0;

                switch ((ProtectHome)e.value) {
                case PROTECT_HOME_NO:
                        break;
                case PROTECT_HOME_YES:
                        r = plan_add_access(p, e.directive, homes[i], ACCESS_NONE, flags);
                        break;
                case PROTECT_HOME_READ_ONLY:
                        r = plan_add_access(p, e.directive, homes[i], ACCESS_READ_ONLY, flags);
                        break;
                case PROTECT_HOME_TMPFS:
                        r = hide(p, e.directive, homes[i], flags);
                        break;
                }
                if (r < 0)
                        return r;
        }
        return 0;
}

const Feature feature_protect_home = { .name = "protect-home", .plan = plan };
