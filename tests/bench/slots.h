/*
 * Where the services of tests/bench/supervisor.sh say that they run: a file with a slot for each.
 * A service writes its slot once, when it runs; whoever measures reads the time from it, and so
 * does not have to look at the right moment.
 */
#pragma once

#include <stdint.h>
#include <time.h>

typedef struct Slot {
        int64_t started; /* nanoseconds of CLOCK_MONOTONIC; 0: not yet */
        int32_t pid, unused;
} Slot;

static inline int64_t slots_now(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
