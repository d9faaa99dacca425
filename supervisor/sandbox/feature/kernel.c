/*
 * ProtectKernelTunables=, ProtectKernelModules=, ProtectKernelLogs=,
 * ProtectClock=, ProtectControlGroups=: the paths of each, systemd.exec(5).
 * The capabilities and calls of each are in feature/capabilities.c and
 * feature/syscalls.c.
 */
#include <string.h>
#include <sys/mount.h>

#include "supervisor/sandbox/feature.h"

typedef enum Access { READ_ONLY, WRITABLE, HIDDEN } Access;

typedef struct Row {
        const char *path;
        Access access;
} Row;

static const Row tunables[] = {
        { "/proc/acpi", READ_ONLY },
        { "/proc/apm", READ_ONLY },
        { "/proc/asound", READ_ONLY },
        { "/proc/bus", READ_ONLY },
        { "/proc/fs", READ_ONLY },
        { "/proc/irq", READ_ONLY },
        { "/proc/kallsyms", HIDDEN },
        { "/proc/kcore", HIDDEN },
        { "/proc/latency_stats", READ_ONLY },
        { "/proc/mtrr", READ_ONLY },
        { "/proc/scsi", READ_ONLY },
        { "/proc/sys", READ_ONLY },
        { "/proc/sysrq-trigger", READ_ONLY },
        { "/proc/timer_stats", READ_ONLY },
        { "/sys", READ_ONLY },
        { "/sys/fs/cgroup", WRITABLE }, /* ProtectControlGroups= is about it */
};

static const Row modules[] = {
        { "/lib/modules", HIDDEN },
        { "/usr/lib/modules", HIDDEN },
};

static const Row logs[] = {
        { "/dev/kmsg", HIDDEN },
        { "/proc/kmsg", HIDDEN },
};

static const Row cgroups[] = {
        { "/sys/fs/cgroup", READ_ONLY },
};

static int add_rows(Plan *p, const char *directive, const Row *rows, size_t n) {
        const unsigned flags = OP_IMPLIED | OP_IGNORE_MISSING;

        for (size_t i = 0; i < n; i++) {
                int r = rows[i].access == HIDDEN
                                ? plan_add_path(p, OP_INACCESSIBLE, directive, rows[i].path, flags)
                                : plan_add_attribute(p, directive, rows[i].path, MOUNT_ATTR_RDONLY,
                                                     rows[i].access == READ_ONLY, flags);

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
