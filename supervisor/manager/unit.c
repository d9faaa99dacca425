/*
 * The little that can be said of a unit without looking at others.
 */
#include "supervisor/manager/unit.h"

#include "base/strv.h"
#include "base/text.h"

/* DefaultDeviceTimeoutSec= of systemd-system.conf(5). */
#define DEVICE_TIMEOUT (90 * UINT64_C(1000000))

void unit_settings_default(UnitSettings *s, UnitType type) {
        *s = (UnitSettings){
                .job_timeout = UINT64_MAX,
                .job_running_timeout = type == UNIT_DEVICE ? DEVICE_TIMEOUT : UINT64_MAX,
                .start_limit_interval = 10 * UINT64_C(1000000),
                .start_limit_burst = 5,
                .failure_exit_status = -1,
                .success_exit_status = -1,
                .on_failure_job_mode = JOB_MODE_REPLACE,
                .on_success_job_mode = JOB_MODE_FAIL,
                .default_dependencies = true,
                /* systemd.unit(5), IgnoreOnIsolate=: isolating another unit
                 * must not take these away */
                .ignore_on_isolate = type != UNIT_SERVICE && type != UNIT_TARGET &&
                                     type != UNIT_SOCKET && type != UNIT_TIMER && type != UNIT_PATH,
        };
}

bool unit_has_name(const Unit *u, const char *name) {
        return text_eq(u->id, name) || strv_contains(u->aliases, name);
}

bool unit_can_reload(const Unit *u, void *userdata) {
        if (u->ops && u->ops->can_reload)
                return u->ops->can_reload(u, userdata);
        DEPENDENCY_FOREACH(d, u, ATOM_PROPAGATES_RELOAD_TO)
        return true;
        return u->ops && u->ops->reload;
}
