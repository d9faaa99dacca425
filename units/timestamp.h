/*
 * Points in time as systemd.time(7) writes them ("PARSING TIMESTAMPS"), and as
 * they are shown. They are microseconds since 1970-01-01 00:00:00 UTC.
 */
#pragma once

#include "base/macro.h"

/* The last that can be shown: 9999-12-30 23:59:59 UTC, so that it is in year 9999 in every zone. */
#define TIMESTAMP_LAST UINT64_C(253402214399000000)

uint64_t timestamp_now(void);

/* Absolute ("2024-05-31 14:30:00.5 Europe/Berlin", "Fri 2024-05-31", "14:30", "@1717165800"), by
 * name ("now", "today", "yesterday", "tomorrow"), or relative to NOW ("+2h", "-1d", "5min ago",
 * "5min left"). Without a zone it is local time. Returns 0, -EINVAL, or -ERANGE. */
int timestamp_parse(const char *s, uint64_t now, uint64_t *ret);

/* "Fri 2024-05-31 14:30:00 CEST": room for the longest zone name. */
#define TIMESTAMP_MAX 96
char *timestamp_format(uint64_t usec, bool utc, char ret[static TIMESTAMP_MAX]);

/* How far from NOW, in at most two units: "2 weeks 1 day ago", "5h 12min left", "now". */
char *timestamp_format_relative(uint64_t usec, uint64_t now, char ret[static TIMESTAMP_MAX]);

/* Reads the digits behind a decimal point as millionths, rounded at the sixth (so up to 1000000),
 * and steps behind them. */
bool timestamp_read_fraction(const char **s, unsigned *ret);
