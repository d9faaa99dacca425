/*
 * Time zones: UTC, the process's own (TZ, or /etc/localtime), and those that an
 * expression names by their file under /usr/share/zoneinfo.
 *
 * The C library knows one zone at a time. time_zone_enter() changes it for as
 * long as its TimeZone lives and puts back exactly what was there, so that
 * nobody outside can tell. No thread may look at the time meanwhile.
 */
#pragma once

#include <time.h>

#include "base/macro.h"

typedef struct TimeZone {
        char *before;  /* the entry "TZ=..." of the environment; NULL: there was none */
        char *entered; /* our entry; NULL: nothing was changed */
} TimeZone;

/* Makes NAME, which is valid, the local zone; NULL changes nothing. Z starts zeroed. */
int time_zone_enter(TimeZone *z, const char *name);
void time_zone_leave(TimeZone *z); /* for _cleanup_ */

/* "Europe/Berlin": a time zone file of that name is installed. "UTC" needs none. */
bool time_zone_is_valid(const char *name);

/* The zone at the end of a text, behind a space. */
typedef struct TimeZoneSuffix {
        size_t before;    /* length of the text without space and zone */
        bool utc;         /* "UTC", in any case */
        int dst;          /* the local zone's name of standard (0) or summer time (1); else -1 */
        const char *name; /* what was found, borrowed from the text or libc; NULL: no zone */
} TimeZoneSuffix;

void time_zone_find_suffix(const char *s, TimeZoneSuffix *ret);

/* gmtime_r() or localtime_r(), timegm() or mktime(). The first fails with -ERANGE only; the second
 * returns the seconds and corrects TM, or -1. A local time that a clock change skips is taken as so
 * much later, unless tm_isdst says otherwise. */
int time_zone_split(time_t t, bool utc, struct tm *ret);
time_t time_zone_join(struct tm *tm, bool utc);
