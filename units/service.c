/*
 * The rules that need several lines at once: which lists of commands there are,
 * and how many commands the type allows.
 */
#include "units/service.h"

int service_check(const Config *c, Diag *diag) {
        bool oneshot = c->service_type == SERVICE_ONESHOT;

        if (c->exec_start.n == 0 && c->exec_stop.n == 0 && c->success_action == EMERGENCY_NONE)
                return diag_error(diag, -EINVAL, "there is no ExecStart=; there is nothing to run");
        if (c->exec_start.n == 0 && c->service_type != SERVICE_DEFAULT && !oneshot)
                return diag_error(diag, -EINVAL,
                                  "there is no ExecStart=; only Type=oneshot does without");
        if (c->exec_start.n > 1 && !oneshot)
                return diag_error(diag, -EINVAL,
                                  "there are %zu commands in ExecStart=; only Type=oneshot may "
                                  "have more than one",
                                  c->exec_start.n);
        return 0;
}
