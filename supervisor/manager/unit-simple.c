/*
 * Both are up as soon as they are started.
 */
#include "supervisor/manager/unit-simple.h"

#include <string.h>

#include "base/fd.h"
#include "supervisor/manager/group-attribute.h"
#include "supervisor/manager/group-controller.h"
#include "supervisor/manager/group-path.h"
#include "supervisor/manager/unit-load.h"
#include "supervisor/manager/unit-notify.h"

static int target_start(Unit *u, void *userdata) {
        Manager *m = userdata;

        unit_notify(&m->engine, u, ACTIVE_ACTIVE, (NotifyFlags){ 0 });
        return UNIT_BEGUN;
}

static int target_stop(Unit *u, void *userdata) {
        Manager *m = userdata;

        unit_notify(&m->engine, u, ACTIVE_INACTIVE, (NotifyFlags){ 0 });
        return UNIT_BEGUN;
}

const UnitOps unit_simple_target_ops = { .start = target_start, .stop = target_stop };

/* ---- slices ---- */

static int set_up_slice(Manager *m, Unit *u) {
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_(config_done) Config c;
        _cleanup_free_ char *path = NULL;
        _cleanup_fd_ int fd = -EBADF;
        int r = config_init(&c);

        if (r >= 0)
                r = unit_load_config(m->registry, u, &diag, &c);
        if (r >= 0)
                r = group_path_of(u, &path);
        if (r < 0 || !*path || m->groups.root < 0)
                return r;
        fd = group_make(&m->groups, path);
        if (fd < 0)
                return fd;
        group_controller_disable(&m->groups, path, &c);
        return group_attribute_set_all(&m->groups, path, &c, u);
}

static int slice_start(Unit *u, void *userdata) {
        Manager *m = userdata;
        int r = set_up_slice(m, u);

        if (r < 0) {
                manager_say(u, "its control group cannot be made: %s", strerror(-r));
                unit_notify(&m->engine, u, ACTIVE_FAILED, (NotifyFlags){ 0 });
                return r;
        }
        return target_start(u, userdata);
}

static int slice_stop(Unit *u, void *userdata) {
        Manager *m = userdata;
        _cleanup_free_ char *path = NULL;

        if (group_path_of(u, &path) >= 0 && *path)
                (void)group_remove(&m->groups, path);
        return target_stop(u, userdata);
}

const UnitOps unit_simple_slice_ops = { .start = slice_start, .stop = slice_stop };

/* ---- what cannot be had ---- */

static int unsupported(Unit *u, void *userdata) {
        return UNIT_UNSUPPORTED;
}

const UnitOps unit_simple_unsupported_ops = { .start = unsupported };
