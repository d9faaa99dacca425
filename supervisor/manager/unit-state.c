/*
 * The names of the states, as people and the bus write them. Nothing else: which state follows
 * which is decided by the type of a unit, and what follows from it by unit-notify.
 */
#include "supervisor/manager/unit-state.h"

#include "base/text.h"

static const char *const load_names[LOAD_STATES] = {
        [LOAD_STUB] = "stub",           [LOAD_LOADED] = "loaded",
        [LOAD_NOT_FOUND] = "not-found", [LOAD_BAD_SETTING] = "bad-setting",
        [LOAD_ERROR] = "error",         [LOAD_MASKED] = "masked",
};

static const char *const active_names[ACTIVE_STATES] = {
        [ACTIVE_INACTIVE] = "inactive",
        [ACTIVE_ACTIVATING] = "activating",
        [ACTIVE_ACTIVE] = "active",
        [ACTIVE_RELOADING] = "reloading",
        [ACTIVE_DEACTIVATING] = "deactivating",
        [ACTIVE_FAILED] = "failed",
        [ACTIVE_MAINTENANCE] = "maintenance",
};

const char *unit_state_load_name(LoadState s) {
        return load_names[s];
}

const char *unit_state_active_name(ActiveState s) {
        return active_names[s];
}

int unit_state_active_from_name(const char *name) {
        for (int s = 0; s < ACTIVE_STATES; s++)
                if (text_eq(active_names[s], name))
                        return s;
        return -EINVAL;
}
