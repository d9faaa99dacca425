/*
 * One function a type that demands anything.
 */
#include "supervisor/manager/unit-check.h"

#include "base/text.h"

static int check_service(const Unit *u, const Config *c, Diag *diag) {
        bool oneshot = c->service_type == SERVICE_ONESHOT ||
                       (c->service_type == SERVICE_DEFAULT && c->exec_start.n == 0);

        if (c->exec_start.n == 0 && c->exec_stop.n == 0 && c->success_action == EMERGENCY_NONE)
                return diag_error(diag, -ENOEXEC,
                                  "%s has nothing to do: give it ExecStart=, ExecStop= or "
                                  "SuccessAction=",
                                  u->id);
        if (!oneshot && c->exec_start.n == 0)
                return diag_error(diag, -ENOEXEC,
                                  "%s has no ExecStart=, which only Type=oneshot can do without",
                                  u->id);
        if (!oneshot && c->exec_start.n > 1)
                return diag_error(diag, -ENOEXEC,
                                  "%s has several commands in ExecStart=, which only Type=oneshot "
                                  "can run",
                                  u->id);
        if (oneshot && (c->restart == RESTART_ALWAYS || c->restart == RESTART_ON_SUCCESS))
                return diag_error(diag, -ENOEXEC,
                                  "%s would run for ever: Restart= of a Type=oneshot cannot be "
                                  "always or on-success",
                                  u->id);
        if (c->service_type == SERVICE_DBUS && !c->bus_name)
                return diag_error(diag, -ENOEXEC, "%s is of Type=dbus and has no BusName=", u->id);
        return 0;
}

static int check_mount(const Unit *u, const Config *c, Diag *diag) {
        _cleanup_free_ char *name = NULL;

        if (u->external || u->perpetual)
                return 0;
        if (!c->what)
                return diag_error(diag, -ENOEXEC, "%s has no What=", u->id);
        if (!c->where)
                return 0; /* the name says it */
        if (unit_name_from_path(c->where, UNIT_MOUNT, &name) < 0 || !text_eq(name, u->id))
                return diag_error(diag, -ENOEXEC, "Where=%s belongs into a unit named %s", c->where,
                                  name ? name : "otherwise");
        return 0;
}

static int check_swap(const Unit *u, const Config *c, Diag *diag) {
        if (!u->external && !c->what)
                return diag_error(diag, -ENOEXEC, "%s has no What=", u->id);
        return 0;
}

int unit_check(const Unit *u, const Config *c, Diag *diag) {
        static int (*const checks[UNIT_TYPES])(const Unit *u, const Config *c, Diag *diag) = {
                [UNIT_SERVICE] = check_service,
                [UNIT_MOUNT] = check_mount,
                [UNIT_SWAP] = check_swap,
        };

        return checks[u->type] ? checks[u->type](u, c, diag) : 0;
}
