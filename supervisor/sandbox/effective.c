/*
 * Implications, one function a setting.
 */
#include "supervisor/sandbox/effective.h"

#include <linux/capability.h>

static Effective at_least(int value, int floor, bool implied, const char *directive) {
        return implied && value < floor ? (Effective){ floor, "DynamicUser" }
                                        : (Effective){ value, directive };
}

Effective effective_private_tmp(const Config *c) {
        return at_least(c->private_tmp, PRIVATE_TMP_YES, c->dynamic_user, "PrivateTmp");
}

Effective effective_protect_system(const Config *c) {
        return at_least(c->protect_system, PROTECT_SYSTEM_STRICT, c->dynamic_user, "ProtectSystem");
}

/* "yes" is stricter than the "read-only" that is implied, and "tmpfs" is another way. */
Effective effective_protect_home(const Config *c) {
        bool implied = c->dynamic_user && c->protect_home == PROTECT_HOME_NO;

        return implied ? (Effective){ PROTECT_HOME_READ_ONLY, "DynamicUser" }
                       : (Effective){ c->protect_home, "ProtectHome" };
}

Effective effective_restrict_suid_sgid(const Config *c) {
        return at_least(c->restrict_suid_sgid, true, c->dynamic_user, "RestrictSUIDSGID");
}

bool effective_can_load_filters(const Config *c, const PlanContext *x) {
        uint64_t admin = 1ULL << CAP_SYS_ADMIN;

        if (x->rootless)
                return false;
        if (x->variant == PLAN_FULL && x->identity->changes && x->identity->uid != 0)
                return c->ambient_capabilities.mask & admin;
        return x->caller_capabilities & admin;
}
