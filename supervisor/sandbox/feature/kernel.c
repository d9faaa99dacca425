/*
 * ProtectKernelTunables=, ProtectKernelModules=, ProtectKernelLogs=,
 * ProtectClock=, ProtectControlGroups=: the paths of each, systemd.exec(5).
 * The capabilities and calls of each are in feature/capabilities.c and
 * feature/syscalls.c.
 */
#include <string.h>
#include <sys/mount.h>

#include "supervisor/sandbox/feature.h"

typedef struct Row {
        const char *path;
        Access access;
} Row;

static const Row tunables[] = {
        { "/proc/acpi", ACCESS_READ_ONLY },
        { "/proc/apm", ACCESS_READ_ONLY },
        { "/proc/asound", ACCESS_READ_ONLY },
        { "/proc/bus", ACCESS_READ_ONLY },
        { "/proc/fs", ACCESS_READ_ONLY },
        { "/proc/irq", ACCESS_READ_ONLY },
        { "/proc/kallsyms", ACCESS_NONE },
        { "/proc/kcore", ACCESS_NONE },
        { "/proc/latency_stats", ACCESS_READ_ONLY },
        { "/proc/mtrr", ACCESS_READ_ONLY },
        { "/proc/scsi", ACCESS_READ_ONLY },
        { "/proc/sys", ACCESS_READ_ONLY },
        { "/proc/sysrq-trigger", ACCESS_READ_ONLY },
        { "/proc/timer_stats", ACCESS_READ_ONLY },
        { "/sys", ACCESS_READ_ONLY },
        { "/sys/fs/cgroup", ACCESS_WRITE }, /* ProtectControlGroups= is about it */
};

static const Row modules[] = {
        { "/lib/modules", ACCESS_NONE },
        { "/usr/lib/modules", ACCESS_NONE },
};

static const Row logs[] = {
        { "/dev/kmsg", ACCESS_NONE },
        { "/proc/kmsg", ACCESS_NONE },
};

static const Row cgroups[] = {
        { "/sys/fs/cgroup", ACCESS_READ_ONLY },
};

static int add_rows(Plan *p, const char *directive, const Row *rows, size_t n) {
        const unsigned flags = OP_IMPLIED | OP_IGNORE_MISSING;

        for (size_t i = 0; i < n; i++) {
                int r = plan_add_access(p, directive, rows[i].path, rows[i].access, flags);

                if (r < 0)
                        return r;
        }
        return 0;
}

/* A cgroup namespace shows the unit's own group as the root: a new mount, or the host's paths would
 * show through. */
static int add_cgroups(const Config *c, Plan *p) {
        int r = 0;

        if (c->protect_control_groups >= PROTECT_CGROUPS_PRIVATE) {
                r = plan_add_path(p, OP_API, "ProtectControlGroups", "/sys/fs/cgroup", OP_IMPLIED);
                if (r < 0)
                        return r;
                p->ops[p->n - 1].text = strdup("cgroup2");
                p->ops[p->n - 1].clear = MOUNT_ATTR_RDONLY;
                if (!p->ops[p->n - 1].text)
                        return -ENOMEM;
                if (c->protect_control_groups == PROTECT_CGROUPS_STRICT)
                        p->ops[p->n - 1].set = MOUNT_ATTR_RDONLY;
        } else if (c->protect_control_groups == PROTECT_CGROUPS_YES)
                r = add_rows(p, "ProtectControlGroups", cgroups, ARRAY_SIZE(cgroups));
        return r;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        int r = 0;

        if (x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        if (c->protect_kernel_tunables)
                r = add_rows(p, "ProtectKernelTunables", tunables, ARRAY_SIZE(tunables));
        if (r >= 0 && c->protect_kernel_modules)
                r = add_rows(p, "ProtectKernelModules", modules, ARRAY_SIZE(modules));
        if (r >= 0 && c->protect_kernel_logs)
                r = add_rows(p, "ProtectKernelLogs", logs, ARRAY_SIZE(logs));
        return r < 0 ? r : add_cgroups(c, p);
}

const Feature feature_kernel = { .name = "kernel", .plan = plan };
