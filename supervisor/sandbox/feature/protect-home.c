/*
 * ProtectHome=: systemd.exec(5). "tmpfs" leaves room to bind in what is needed.
 */
#include "supervisor/sandbox/effective.h"
#include "supervisor/sandbox/feature.h"

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
                        r = plan_add_empty(p, e.directive, homes[i], flags);
                        break;
                }
                if (r < 0)
                        return r;
        }
        return 0;
}

const Feature feature_protect_home = { .name = "protect-home", .plan = plan };
