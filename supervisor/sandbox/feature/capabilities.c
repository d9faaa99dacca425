/*
 * CapabilityBoundingSet=, AmbientCapabilities=, SecureBits=, NoNewPrivileges=,
 * and the capabilities that other directives take away: systemd.exec(5).
 */
#include <linux/capability.h>
#include <linux/securebits.h>

#include "base/text.h"
#include "supervisor/sandbox/effective.h"
#include "supervisor/sandbox/feature.h"

#define BIT(capability) (1ULL << (capability))

static int keep_only(Plan *p, const char *directive, uint64_t kept) {
        Op *op = plan_add(p, OP_BOUNDING_SET, directive);

        if (!op)
                return -ENOMEM;
        op->set = kept;
        return 0;
}

static int plan_bounding_set(const Config *c, Plan *p) {
        const struct {
                bool on;
                const char *directive;
                uint64_t lost;
        } rows[] = {
                { c->capability_bounding_set.set, "CapabilityBoundingSet",
                  ~c->capability_bounding_set.mask },
                { c->private_devices, "PrivateDevices", BIT(CAP_MKNOD) | BIT(CAP_SYS_RAWIO) },
                { c->protect_kernel_modules, "ProtectKernelModules", BIT(CAP_SYS_MODULE) },
                { c->protect_kernel_logs, "ProtectKernelLogs", BIT(CAP_SYSLOG) },
                { c->protect_clock, "ProtectClock", BIT(CAP_SYS_TIME) | BIT(CAP_WAKE_ALARM) },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                int r = rows[i].on ? keep_only(p, rows[i].directive, ~rows[i].lost) : 0;

                if (r < 0)
                        return r;
        }
        return 0;
}

static int plan_secure_bits(const Config *c, Plan *p) {
        static const struct {
                const char *word;
                uint64_t bit;
        } words[] = {
                { "keep-caps", SECBIT_KEEP_CAPS },
                { "keep-caps-locked", SECBIT_KEEP_CAPS_LOCKED },
                { "no-setuid-fixup", SECBIT_NO_SETUID_FIXUP },
                { "no-setuid-fixup-locked", SECBIT_NO_SETUID_FIXUP_LOCKED },
                { "noroot", SECBIT_NOROOT },
                { "noroot-locked", SECBIT_NOROOT_LOCKED },
        };
        Op *op;

        if (!c->secure_bits)
                return 0;
        op = plan_add(p, OP_SECURE_BITS, "SecureBits");
        if (!op)
                return -ENOMEM;
        for (char **w = c->secure_bits; *w; w++)
                for (size_t i = 0; i < ARRAY_SIZE(words); i++)
                        if (text_eq(*w, words[i].word))
                                op->set |= words[i].bit;
        return 0;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        int r;

        if (x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        r = plan_bounding_set(c, p);
        if (r >= 0)
                r = plan_secure_bits(c, p);
        if (r < 0 || !(c->no_new_privileges || c->dynamic_user))
                return r;
        return plan_add(p, OP_NO_NEW_PRIVILEGES,
                        c->no_new_privileges ? "NoNewPrivileges" : "DynamicUser")
                       ? 0
                       : -ENOMEM;
}

const Feature feature_capabilities = { .name = "capabilities", .plan = plan };
