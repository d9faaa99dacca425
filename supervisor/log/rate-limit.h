/*
 * How many records a unit may add in an interval: RateLimitIntervalSec= and RateLimitBurst= of
 * svlogd(8). What is beyond is counted and left out; the count is told once, with the
 * first record of the next interval.
 */
#pragma once

#include "base/macro.h"

/* An interval or a burst of 0 means no limit. */
typedef struct RateLimit {
        uint64_t interval; /* microseconds */
        uint32_t burst;

        uint64_t begin; /* of the current interval; 0: none yet */
        uint32_t n;
        uint32_t suppressed;
} RateLimit;

/* May one more be written at NOW, microseconds of a clock that never steps back? *RET_SUPPRESSED is
 * how many were left out since this was last told, and 0 unless the answer is yes. */
bool rate_limit_allows(RateLimit *l, uint64_t now, uint32_t *ret_suppressed);
