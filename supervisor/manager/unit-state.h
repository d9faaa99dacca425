/*
 * The states of a unit that are the same for all types: systemctl(1), "is-active" and "status".
 * What lies behind them (a service's "start-pre", a mount's "mounting") is the unit type's own
 * business.
 */
#pragma once

#include "base/macro.h"

typedef enum LoadState {
        LOAD_STUB, /* its name is known, its files were not read yet */
        LOAD_LOADED,
        LOAD_NOT_FOUND,   /* there is no main file */
        LOAD_BAD_SETTING, /* what the files say makes no unit */
        LOAD_ERROR,       /* the files cannot be read */
        LOAD_MASKED,      /* must not be started */
} LoadState;

enum { LOAD_STATES = LOAD_MASKED + 1 };

typedef enum ActiveState {
        ACTIVE_INACTIVE,
        ACTIVE_ACTIVATING,
        ACTIVE_ACTIVE,
        ACTIVE_RELOADING,
        ACTIVE_DEACTIVATING,
        ACTIVE_FAILED,
        ACTIVE_MAINTENANCE,
} ActiveState;

enum { ACTIVE_STATES = ACTIVE_MAINTENANCE + 1 };

/* "bad-setting", "deactivating" */
const char *unit_state_load_name(LoadState s);
const char *unit_state_active_name(ActiveState s);
int unit_state_active_from_name(const char *name); /* an ActiveState, or -EINVAL */

static inline bool unit_state_is_up(ActiveState s) {
        return s == ACTIVE_ACTIVE || s == ACTIVE_RELOADING;
}

/* Up, or on the way. */
static inline bool unit_state_goes_up(ActiveState s) {
        return s == ACTIVE_ACTIVATING || unit_state_is_up(s);
}

static inline bool unit_state_is_down(ActiveState s) {
        return s == ACTIVE_INACTIVE || s == ACTIVE_FAILED;
}

/* Down, or on the way. */
static inline bool unit_state_goes_down(ActiveState s) {
        return s == ACTIVE_DEACTIVATING || unit_state_is_down(s);
}
