/*
 * The monotonic clock in microseconds: for spans and deadlines, never for dates.
 * It does not run while the machine is suspended.
 */
#pragma once

#include "base/macro.h"

#define CLOCK_SECOND  1000000ULL
#define CLOCK_FOREVER UINT64_MAX

uint64_t clock_now(void);

/* The wall clock in nanoseconds, as SO_TIMESTAMPNS has it: to compare with what the kernel stamped.
 */
uint64_t clock_stamp(void);

/* Now and SPAN more; CLOCK_FOREVER stays what it is. */
uint64_t clock_deadline(uint64_t span);

/* How long poll() may sleep until DEADLINE: milliseconds, rounded up, so that the deadline has
 * passed when it returns; 0 when it has passed already, -1 for CLOCK_FOREVER. */
int clock_poll_timeout(uint64_t deadline);
