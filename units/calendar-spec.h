/*
 * What is inside a CalendarSpec; only the calendar-*.c files look.
 *
 * A spec that calendar_parse() gave out is normalised: each field's ranges are
 * sorted, without duplicates, and end at a value that they reach.
 */
#pragma once

#include "units/calendar.h"

/* In the order in which a search fixes them. */
typedef enum CalendarUnit {
        CALENDAR_YEAR,
        CALENDAR_MONTH,
        CALENDAR_DAY, /* counted from the month's end, from 1, if end_of_month */
        CALENDAR_HOUR,
        CALENDAR_MINUTE,
        CALENDAR_USEC, /* seconds, in microseconds of the minute */
        CALENDAR_UNITS,
} CalendarUnit;

#define CALENDAR_YEAR_FIRST 1970
#define CALENDAR_YEAR_LAST  2199
#define CALENDAR_USEC_SEC   1000000

#define CALENDAR_ALL_DAYS 0x7fu

/* "START", "START..STOP", "START/REPEAT" or "START..STOP/REPEAT". */
typedef struct CalendarRange {
        int start;
        int stop;   /* -1: none */
        int repeat; /* 0: START alone */
} CalendarRange;

typedef struct CalendarField {
        CalendarRange *ranges; /* any of them matches; none at all is "*" */
        size_t n;
} CalendarField;

struct CalendarSpec {
        unsigned weekdays; /* bit 0 is Monday; 0: any day */
        bool end_of_month; /* days were written behind "~" */
        bool utc;
        int dst;    /* the local zone without (0) or with (1) summer time; -1: as the date has it */
        char *zone; /* NULL: the local one; with dst >= 0 only a name to show */
        CalendarField fields[CALENDAR_UNITS];
};

/* Reads TEXT, which has no zone any more, into the zeroed fields and weekdays of SPEC. They are as
 * written: neither normalised nor known to be valid. On failure SPEC is good for calendar_free().
 */
int calendar_parse_parts(const char *text, CalendarSpec *spec);
