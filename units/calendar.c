/*
 * Calendar events as wholes. The zone is cut off the end of the text, the parts
 * are read in calendar-parse.c, and then the spec is normalised and judged here,
 * by one table of limits.
 */
#include <string.h>

#include "units/calendar-spec.h"
#include "units/time-zone.h"

static const struct {
        int first, last;
} limits[CALENDAR_UNITS] = {
        [CALENDAR_YEAR] = { CALENDAR_YEAR_FIRST, CALENDAR_YEAR_LAST },
        [CALENDAR_MONTH] = { 1, 12 },
        [CALENDAR_DAY] = { 1, 31 },
        [CALENDAR_HOUR] = { 0, 23 },
        [CALENDAR_MINUTE] = { 0, 59 },
        [CALENDAR_USEC] = { 0, 60 * CALENDAR_USEC_SEC - 1 },
};

void calendar_free(CalendarSpec *spec) {
        for (int unit = 0; unit < CALENDAR_UNITS; unit++)
                free(spec->fields[unit].ranges);
        free(spec->zone);
        free(spec);
}

/* Two digits mean a year from 1970 to 2069. */
static int full_year(int year) {
        if (year < 0 || year >= 100)
                return year;
        return year + (year < 70 ? 2000 : 1900);
}

static void range_normalise(CalendarRange *range) {
        if (range->stop > range->start && range->repeat > 0)
                range->stop -= (range->stop - range->start) % range->repeat;
        if (range->stop == range->start) {
                range->repeat = 0;
                range->stop = -1;
        }
}

static int range_compare(const void *a, const void *b) {
        const CalendarRange *x = a, *y = b;
        const int differences[] = { (x->start > y->start) - (x->start < y->start),
                                    (x->stop > y->stop) - (x->stop < y->stop),
                                    (x->repeat > y->repeat) - (x->repeat < y->repeat) };

        for (size_t i = 0; i < ARRAY_SIZE(differences); i++)
                if (differences[i] != 0)
                        return differences[i];
        return 0;
}

static void field_normalise(CalendarField *f) {
        size_t kept = 0;

        for (size_t i = 0; i < f->n; i++)
                range_normalise(&f->ranges[i]);
        if (f->n < 2)
                return;
        qsort(f->ranges, f->n, sizeof(CalendarRange), range_compare);
        for (size_t i = 0; i < f->n; i++)
                if (i == 0 || range_compare(&f->ranges[kept - 1], &f->ranges[i]) != 0)
                        f->ranges[kept++] = f->ranges[i];
        f->n = kept;
}

static void normalise(CalendarSpec *spec) {
        CalendarField *year = &spec->fields[CALENDAR_YEAR];

        if (spec->weekdays == CALENDAR_ALL_DAYS)
                spec->weekdays = 0;
        if (spec->fields[CALENDAR_DAY].n == 0)
                spec->end_of_month = false;
        for (size_t i = 0; i < year->n; i++) {
                year->ranges[i].start = full_year(year->ranges[i].start);
                year->ranges[i].stop = full_year(year->ranges[i].stop);
        }
        for (int unit = 0; unit < CALENDAR_UNITS; unit++)
                field_normalise(&spec->fields[unit]);
}

/* A range that repeats must have room for one repetition. From the month's end, only the 28 days
 * that every month has are counted, and repetitions without an end count down. */
static bool range_is_valid(const CalendarRange *range, CalendarUnit unit, bool end_of_month) {
        bool from_end = end_of_month && unit == CALENDAR_DAY;
        int64_t first = limits[unit].first, last = limits[unit].last - (from_end ? 3 : 0);
        int64_t start = range->start, stop = range->stop, repeat = range->repeat;

        if (start < first || start > last || repeat > last - first)
                return false;
        if (stop >= 0)
                return stop >= first && stop <= last && start + repeat <= stop;
        return from_end ? start - repeat >= first : start + repeat <= last;
}

static bool is_valid(const CalendarSpec *spec) {
        for (CalendarUnit unit = 0; unit < CALENDAR_UNITS; unit++)
                for (size_t i = 0; i < spec->fields[unit].n; i++)
                        if (!range_is_valid(&spec->fields[unit].ranges[i], unit,
                                            spec->end_of_month))
                                return false;
        return true;
}

int calendar_parse(const char *s, CalendarSpec **ret) {
        _cleanup_calendar_ CalendarSpec *spec = calloc(1, sizeof(CalendarSpec));
        _cleanup_free_ char *parts = NULL;
        TimeZoneSuffix zone;
        int r;

        if (!spec)
                return -ENOMEM;
        time_zone_find_suffix(s, &zone);
        spec->utc = zone.utc;
        spec->dst = zone.dst;
        spec->zone = zone.name && !zone.utc ? strdup(zone.name) : NULL;
        parts = strndup(s, zone.before);
        if (!parts || (zone.name && !zone.utc && !spec->zone))
                return -ENOMEM;
        r = calendar_parse_parts(parts, spec);
        if (r < 0)
                return r;
        normalise(spec);
        if (!is_valid(spec))
                return -EINVAL;
        *ret = TAKE_PTR(spec);
        return 0;
}
