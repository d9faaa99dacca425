/*
 * DevicePolicy= and DeviceAllow=, and the settings that imply them:
 * systemd.resource-control(5), and systemd.exec(5), "PrivateDevices=" and "ProtectClock=".
 *
 * A control group's device program decides, whatever the process may mount or make. An ordinary
 * user cannot load one, nor can the root of a user namespace; there, PrivateDevices= makes every
 * mount but the private /dev "nodev". Nobody without privileges can take that back, and the root of
 * a namespace is refused the calls that could (feature/syscalls.c).
 */
#include <string.h>
#include <sys/mount.h>

#include "base/strbuf.h"
#include "supervisor/sandbox/feature.h"

/* What is implied only. What is asked for by name is refused where it cannot be had. */
static bool can_be_had(const PlanContext *x) {
        return !x->rootless && !x->in_user_namespace;
}

/* Which directive it is that asks for a policy; NULL: none does. */
static const char *asked_by(const Config *c, const PlanContext *x) {
        if (c->device_policy != DEVICE_POLICY_AUTO)
                return "DevicePolicy";
        if (c->private_devices && can_be_had(x))
                return "PrivateDevices";
        if (c->device_allow && *c->device_allow)
                return "DeviceAllow";
        /* without privileges over the machine nobody sets a clock, through a device or otherwise */
        return c->protect_clock && can_be_had(x) ? "ProtectClock" : NULL;
}

static int forbid_nodes(Plan *p) {
        Op *op;
        int r = plan_add_path(p, OP_ATTRIBUTES, "PrivateDevices", "/", OP_IMPLIED | OP_NO_DEVICES);

        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->set = op->clear = MOUNT_ATTR_NODEV;
        return 0;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        const char *directive = asked_by(c, x);
        _cleanup_(strbuf_done) StrBuf rules = { 0 };
        Op *op;
        int r = 0;

        if (x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        if (c->private_devices && !can_be_had(x))
                r = forbid_nodes(p);
        if (r < 0 || !directive)
                return r;
        for (char **line = c->device_allow; line && *line; line++)
                strbuf_addf(&rules, "%s\n", *line);
        if (c->protect_clock)
                strbuf_add(&rules, "char-rtc r\n");
        op = plan_add(p, OP_DEVICE_POLICY, directive);
        if (!op)
                return -ENOMEM;
        op->number = c->device_policy != DEVICE_POLICY_STRICT;
        return strbuf_take(&rules, &op->text);
}

const Feature feature_device_policy = { .name = "device-policy", .plan = plan };
