/*
 * Time spans as systemd.time(7) has them: "2h 30min", "1.5 days", "90",
 * "infinity". Parsed as systemd 252 parses them, oddities included: a unit may
 * follow its number with or without a space, and "5s5" is ten seconds where
 * bare numbers are seconds. One thing is wider: any span that can be formatted can be
 * read back, while systemd refuses the last whole count of a unit below infinity.
 *
 * Spans count microseconds, or nanoseconds where the name says so. UINT64_MAX is
 * "infinity".
 */
#pragma once

#include "base/macro.h"

#define TIME_SPAN_USEC     UINT64_C(1)
#define TIME_SPAN_MSEC     UINT64_C(1000)
#define TIME_SPAN_SEC      UINT64_C(1000000)
#define TIME_SPAN_MINUTE   (60 * TIME_SPAN_SEC)
#define TIME_SPAN_HOUR     (60 * TIME_SPAN_MINUTE)
#define TIME_SPAN_DAY      (24 * TIME_SPAN_HOUR)
#define TIME_SPAN_WEEK     (7 * TIME_SPAN_DAY)
#define TIME_SPAN_MONTH    (UINT64_C(2629800) * TIME_SPAN_SEC)  /* 30.44 days */
#define TIME_SPAN_YEAR     (UINT64_C(31557600) * TIME_SPAN_SEC) /* 365.25 days */
#define TIME_SPAN_INFINITY UINT64_MAX

/* DEFAULT_UNIT, in microseconds, is what a number without unit counts: TIME_SPAN_SEC for
 * RestartSec=. Returns 0, -EINVAL (no time span) or -ERANGE (negative or too large). */
int time_span_parse(const char *s, uint64_t default_unit, uint64_t *ret_usec);

/* For TimerSlackNSec=: also knows "ns" and "nsec", and a bare number counts nanoseconds. */
int time_span_parse_nsec(const char *s, uint64_t *ret_nsec);

/* Room for the longest text of any span. */
#define TIME_SPAN_MAX 96

/* "1h 30min", "1.500000s", "infinity". What is smaller than ACCURACY is left out, unless nothing
 * else is there; pass 1 to lose nothing. Returns RET. */
char *time_span_format(uint64_t usec, uint64_t accuracy, char ret[static TIME_SPAN_MAX]);

/* The same from nanoseconds, "50us" or "1us 500ns"; nothing is lost. */
char *time_span_format_nsec(uint64_t nsec, char ret[static TIME_SPAN_MAX]);
