/*
 * What the engine does of its own accord: systemd.unit(5), BindsTo=, Upholds=, StopWhenUnneeded=,
 * PropagatesStopTo=, OnFailure=, OnSuccess=, and the dependencies of a unit that came up or went
 * down without being asked.
 */
#pragma once

#include "supervisor/manager/engine.h"

/* What to look at; bits of Unit.checks. */
typedef enum UnitCheck {
        CHECK_CAME_UP = 1 << 0,   /* without being asked */
        CHECK_WENT_DOWN = 1 << 1, /* without being asked */
        CHECK_ON_FAILURE = 1 << 2,
        CHECK_ON_SUCCESS = 1 << 3,
        CHECK_IS_NEEDED = 1 << 4, /* StopWhenUnneeded= */
        CHECK_IS_BOUND = 1 << 5,  /* BindsTo= */
        CHECK_IS_UPHELD = 1 << 6, /* Upholds= */
        CHECK_STANDING = CHECK_IS_NEEDED | CHECK_IS_BOUND | CHECK_IS_UPHELD,
} UnitCheck;

/* Something of CHECKS may follow for U. */
void unit_react_ask(Engine *e, Unit *u, unsigned checks);

/* Makes the jobs that follow. Returns whether there was anything to look at. */
bool unit_react_dispatch(Engine *e);

/* When something is tried again that happened too often (UINT64_MAX: never), and asking for it. */
uint64_t unit_react_deadline(const Engine *e);
void unit_react_expire(Engine *e);
