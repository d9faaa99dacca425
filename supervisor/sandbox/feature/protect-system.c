/*
 * ProtectSystem=: systemd.exec(5). Under "strict" everything is read-only but
 * the interfaces of the kernel, /dev, /proc and /sys; what protects those are
 * PrivateDevices=, ProtectKernelTunables= and ProtectControlGroups=.
 */
#include <sys/mount.h>

#include "supervisor/sandbox/effective.h"
#include "supervisor/sandbox/feature.h"

static const struct {
        int from, to; /* the values of ProtectSystem= that the row holds for */
        const char *path;
        bool read_only;
} rows[] = {
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/usr", true },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/bin", true },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/sbin", true },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/lib", true },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/lib32", true },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/lib64", true },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/libx32", true },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/boot", true },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/efi", true },
        { PROTECT_SYSTEM_FULL, PROTECT_SYSTEM_FULL, "/etc", true },
        { PROTECT_SYSTEM_STRICT, PROTECT_SYSTEM_STRICT, "/", true },
        { PROTECT_SYSTEM_STRICT, PROTECT_SYSTEM_STRICT, "/dev", false },
        { PROTECT_SYSTEM_STRICT, PROTECT_SYSTEM_STRICT, "/proc", false },
        { PROTECT_SYSTEM_STRICT, PROTECT_SYSTEM_STRICT, "/sys", false },
};

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        Effective e = effective_protect_system(c);

        if (x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                int r = 0;

                if (e.value >= rows[i].from && e.value <= rows[i].to)
                        r = plan_add_attribute(p, e.directive, rows[i].path, MOUNT_ATTR_RDONLY,
                                               rows[i].read_only, OP_IMPLIED | OP_IGNORE_MISSING);
                if (r < 0)
                        return r;
        }
        return 0;
}

const Feature feature_protect_system = { .name = "protect-system", .plan = plan };
