/*
 * ProtectSystem=: systemd.exec(5). Under "strict" everything is read-only but
 * the interfaces of the kernel, /dev, /proc and /sys; what protects those are
 * PrivateDevices=, ProtectKernelTunables= and ProtectControlGroups=.
 */
#include "supervisor/sandbox/effective.h"
#include "supervisor/sandbox/feature.h"

static const struct {
        int from, to; /* the values of ProtectSystem= that the row holds for */
        const char *path;
        Access access;
} rows[] = {
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/usr", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/bin", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/sbin", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/lib", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/lib32", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/lib64", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/libx32", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/boot", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_YES, PROTECT_SYSTEM_FULL, "/efi", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_FULL, PROTECT_SYSTEM_FULL, "/etc", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_STRICT, PROTECT_SYSTEM_STRICT, "/", ACCESS_READ_ONLY },
        { PROTECT_SYSTEM_STRICT, PROTECT_SYSTEM_STRICT, "/dev", ACCESS_WRITE },
        { PROTECT_SYSTEM_STRICT, PROTECT_SYSTEM_STRICT, "/proc", ACCESS_WRITE },
        { PROTECT_SYSTEM_STRICT, PROTECT_SYSTEM_STRICT, "/sys", ACCESS_WRITE },
};

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        Effective e = effective_protect_system(c);

        if (x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                int r = 0;

                if (e.value >= rows[i].from && e.value <= rows[i].to)
                        r = plan_add_access(p, e.directive, rows[i].path, rows[i].access,
                                            OP_IMPLIED | OP_IGNORE_MISSING);
                if (r < 0)
                        return r;
        }
        return 0;
}

const Feature feature_protect_system = { .name = "protect-system", .plan = plan };
