/*
 * "No more than BURST times in INTERVAL": StartLimitIntervalSec= and StartLimitBurst= of
 * systemd.unit(5), and the brake on what the manager does by itself. Time is passed in, in
 * microseconds of whatever clock the caller counts by; nothing here looks at a clock.
 */
#pragma once

#include "base/macro.h"

typedef struct RateLimit {
        uint64_t begin; /* of the interval that is being counted */
        uint32_t count; /* in it; 0: nothing was counted yet */
} RateLimit;

/* Counts one more, unless that would be too many: true where it may happen. An interval or burst of
 * 0 is no limit. */
bool rate_limit_pass(RateLimit *limit, uint64_t interval, uint32_t burst, uint64_t now);
