/*
 * Calendar events as systemd.time(7) has them: "Mon..Fri *-*-* 09:00/30",
 * "*-02~01", "weekly Europe/Berlin". They are read, normalised and elapse as in
 * systemd 252. At clock changes, where that one may miss an elapse, these rules
 * hold: a time that the clock skips is passed over, one that it shows twice is
 * the first that is still to come, and the name of the local zone's summer or
 * winter time ("12:00 CEST") waits for its season.
 */
#pragma once

#include "base/macro.h"

typedef struct CalendarSpec CalendarSpec;

/* Returns 0, -EINVAL (no calendar event), -ERANGE (a number that no field can hold, or
 * a repetition of zero), -ENOBUFS (a list of more than 241 ranges), or -ENOMEM.
 * The names of the local zone, which the text may end with, are those of this moment. */
int calendar_parse(const char *s, CalendarSpec **ret);

void calendar_free(CalendarSpec *spec);
DEFINE_CLEANUP(CalendarSpec, calendar_free)
#define _cleanup_calendar_ _cleanup_(calendar_freep)

/* The normalised form into a new string, "*-*-* 00:00:00" for "daily". Returns 0 or -ENOMEM. */
int calendar_format(const CalendarSpec *spec, char **ret);

/* The first time later than AFTER at which SPEC elapses, both in microseconds since the epoch; its
 * fields are those of its own zone, or of the local one. Years end with 2199. Returns 0, -ENOENT
 * when it never elapses again, -EINVAL when AFTER is no time that has a date, or -ENOMEM. */
int calendar_next(const CalendarSpec *spec, uint64_t after, uint64_t *ret);
