/*
 * The monotonic clock.
 */
#include "base/clock.h"

#include <limits.h>
#include <time.h>

uint64_t clock_now(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * CLOCK_SECOND + (uint64_t)t.tv_nsec / 1000;
}

uint64_t clock_stamp(void) {
        struct timespec t;

        clock_gettime(CLOCK_REALTIME, &t);
        return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

uint64_t clock_deadline(uint64_t span) {
        uint64_t at;

        return __builtin_add_overflow(clock_now(), span, &at) ? CLOCK_FOREVER : at;
}

int clock_poll_timeout(uint64_t deadline) {
        uint64_t now = clock_now(), ms;

        if (deadline == CLOCK_FOREVER)
                return -1;
        if (deadline <= now)
                return 0;
        ms = (deadline - now - 1) / 1000 + 1;
        return (int)MIN_OF(ms, (uint64_t)INT_MAX);
}
