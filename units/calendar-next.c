/*
 * When a calendar event elapses next: a search that fixes one field after the
 * other, from the year down, and starts again from a later value of the field
 * above when a field has no match left.
 *
 * Each step moves the fields on, never back, and a bound on the steps stands
 * behind that where clock changes make the C library disagree.
 */
#include <string.h>

#include "units/calendar-spec.h"
#include "units/time-span.h"
#include "units/time-zone.h"
#include "units/timestamp.h"

#define STEPS_MAX 1000

/* What a calendar and a clock show, counted as in CalendarUnit. */
typedef struct Moment {
        int at[CALENDAR_UNITS];
} Moment;

typedef struct Search {
        const CalendarSpec *spec;
        Moment moment;
} Search;

/* What became of one field: the search goes on with the next one only after STEP_FIXED. */
typedef enum Step {
        STEP_FIXED,
        STEP_NONE,  /* no match is left in this field */
        STEP_MOVED, /* the clock has no such time: the fields are now those of a later one */
} Step;

/* The lowest value of each field. */
static const int lowest[CALENDAR_UNITS] = { [CALENDAR_MONTH] = 1, [CALENDAR_DAY] = 1 };

static struct tm to_tm(const Moment *m) {
        return (struct tm){
                .tm_year = m->at[CALENDAR_YEAR] - 1900,
                .tm_mon = m->at[CALENDAR_MONTH] - 1,
                .tm_mday = m->at[CALENDAR_DAY],
                .tm_hour = m->at[CALENDAR_HOUR],
                .tm_min = m->at[CALENDAR_MINUTE],
                .tm_sec = m->at[CALENDAR_USEC] / CALENDAR_USEC_SEC,
                .tm_isdst = -1,
        };
}

static Moment from_tm(const struct tm *tm, int usec) {
        return (Moment){ .at = { tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour,
                                 tm->tm_min, tm->tm_sec * CALENDAR_USEC_SEC + usec } };
}

static int usec_part(const Moment *m) {
        return m->at[CALENDAR_USEC] % CALENDAR_USEC_SEC;
}

static void reset_below(Moment *m, CalendarUnit unit) {
        for (int below = (int)unit + 1; below < CALENDAR_UNITS; below++)
                m->at[below] = lowest[below];
}

/* The day that is the Nth last of the month, or -1 when the month is shorter. */
static int day_from_end(const Search *s, int n) {
        struct tm tm = to_tm(&s->moment);
        int month = tm.tm_mon;

        tm.tm_mon++;
        tm.tm_mday = 1 - n;
        (void)time_zone_join(&tm, true); /* only counts days: no clock change must matter */
        return tm.tm_mon == month ? tm.tm_mday : -1;
}

/* The first value from VALUE on that RANGE has, or -1. */
static int64_t first_match(const CalendarRange *range, int value) {
        int64_t start = range->start, match;

        if (start >= value)
                return start;
        if (range->repeat <= 0)
                return -1;
        match = start + (value - start + range->repeat - 1) / range->repeat * range->repeat;
        return range->stop < 0 || match <= range->stop ? match : -1;
}

static CalendarRange range_from_end(const Search *s, const CalendarRange *range) {
        int start = day_from_end(s, range->start), stop = day_from_end(s, range->stop);

        if (stop > 0)
                return (CalendarRange){ stop, start, range->repeat };
        return (CalendarRange){ start, stop, range->repeat };
}

/* Moves field UNIT to its next match. Returns 0 when it was one already, 1 when it moved, -ENOENT
 * when none is left. */
static int match_field(Search *s, CalendarUnit unit) {
        const CalendarField *f = &s->spec->fields[unit];
        int value = s->moment.at[unit];
        int64_t best = INT64_MAX;

        if (f->n == 0)
                return 0;
        for (size_t i = 0; i < f->n; i++) {
                bool from_end = unit == CALENDAR_DAY && s->spec->end_of_month;
                CalendarRange range = from_end ? range_from_end(s, &f->ranges[i]) : f->ranges[i];
                int64_t match = first_match(&range, value);

                if (match >= 0 && match < best)
                        best = match;
        }
        if (best == INT64_MAX)
                return -ENOENT;
        s->moment.at[unit] = (int)best;
        return best != value;
}

/* Does the clock show these fields at some time? If not, and a later time follows instead, the
 * fields become that time, with what lies below the field that moved at its lowest. */
static Step check_exists(Search *s) {
        struct tm tm = to_tm(&s->moment);
        Moment there;

        if (s->moment.at[CALENDAR_YEAR] > CALENDAR_YEAR_LAST ||
            time_zone_join(&tm, s->spec->utc) < 0)
                return STEP_NONE;
        there = from_tm(&tm, usec_part(&s->moment));
        for (CalendarUnit unit = 0; unit < CALENDAR_UNITS; unit++) {
                if (there.at[unit] == s->moment.at[unit])
                        continue;
                if (there.at[unit] < s->moment.at[unit])
                        return STEP_NONE;
                if (unit + 1 < CALENDAR_UNITS)
                        there.at[unit + 1] = lowest[unit + 1];
                s->moment = there;
                return STEP_MOVED;
        }
        return STEP_FIXED;
}

static bool matches_weekday(const Search *s) {
        struct tm tm = to_tm(&s->moment);

        if (s->spec->weekdays == 0)
                return true;
        if (time_zone_join(&tm, s->spec->utc) < 0)
                return false;
        return s->spec->weekdays & 1u << (tm.tm_wday + 6) % 7;
}

static Step fix_field(Search *s, CalendarUnit unit) {
        int r = match_field(s, unit);
        Step step;

        if (r < 0)
                return STEP_NONE;
        if (r > 0)
                reset_below(&s->moment, unit);
        step = check_exists(s);
        /* The year is the last straw: nothing above it can be moved on. */
        return unit == CALENDAR_YEAR && step == STEP_MOVED ? STEP_NONE : step;
}

static void move_on(Moment *m, CalendarUnit unit) {
        m->at[unit]++;
        reset_below(m, unit);
}

/* One pass over the fields. Returns 1 when all are fixed, 0 when the search must go on from the
 * moment reached, or -ENOENT. */
static int pass(Search *s) {
        for (CalendarUnit unit = 0; unit < CALENDAR_UNITS; unit++) {
                switch (fix_field(s, unit)) {
                case STEP_FIXED:
                        break;
                case STEP_MOVED:
                        return 0;
                case STEP_NONE:
                        if (unit == CALENDAR_YEAR)
                                return -ENOENT;
                        move_on(&s->moment, unit - 1);
                        return 0;
                }
                if (unit == CALENDAR_DAY && !matches_weekday(s)) {
                        move_on(&s->moment, CALENDAR_DAY);
                        return 0;
                }
        }
        return 1;
}

/* Makes the fields those of a real time, as "32 January" is not. */
static void settle(Search *s) {
        struct tm tm = to_tm(&s->moment);

        (void)time_zone_join(&tm, s->spec->utc);
        s->moment = from_tm(&tm, usec_part(&s->moment));
}

static int search(Search *s) {
        for (int step = 0; step < STEPS_MAX; step++) {
                int r;

                settle(s);
                r = pass(s);
                if (r != 0)
                        return r < 0 ? r : 0;
        }
        return -ENOENT;
}

/* How far local time is ahead of UTC at T, in seconds. */
static time_t offset_at(time_t t) {
        struct tm tm;

        return time_zone_split(t, false, &tm) < 0 ? 0 : timegm(&tm) - t;
}

/* The moment that is reached, as microseconds. An hour that the clock shows twice is meant the
 * first time, unless that is not after AFTER. The C library picks either; the offsets of the day
 * before and of the day after are the two ways to read the clock. */
static int to_time(const CalendarSpec *spec, const Moment *m, uint64_t after, uint64_t *ret) {
        struct tm tm = to_tm(m), as_utc = tm;
        uint64_t usec = (uint64_t)usec_part(m), best = UINT64_MAX;
        time_t t = time_zone_join(&tm, spec->utc), candidates[] = { t, t, t };

        if (t < 0)
                return -ENOENT;
        if (!spec->utc) {
                t = timegm(&as_utc);
                candidates[1] = t - offset_at(candidates[0] - 86400);
                candidates[2] = t - offset_at(candidates[0] + 86400);
        }
        for (size_t i = 0; i < ARRAY_SIZE(candidates); i++) {
                uint64_t candidate = (uint64_t)candidates[i] * TIME_SPAN_SEC + usec;

                if (candidates[i] >= 0 && candidate > after && candidate < best &&
                    (candidates[i] == candidates[0] ||
                     candidates[i] + offset_at(candidates[i]) == t))
                        best = candidate;
        }
        if (best == UINT64_MAX)
                return -ENOENT;
        *ret = best;
        return 0;
}

/* Any elapse, whether it is summer time or not. The zone has been entered. */
static int next_in_any_season(const CalendarSpec *spec, uint64_t after, uint64_t *ret) {
        Search s = { .spec = spec };
        struct tm tm;
        int r;

        if (after > TIMESTAMP_LAST)
                return -EINVAL;
        if (time_zone_split((time_t)((after + 1) / TIME_SPAN_SEC), spec->utc, &tm) < 0)
                return -EINVAL;
        s.moment = from_tm(&tm, (int)((after + 1) % TIME_SPAN_SEC));
        r = search(&s);
        if (r < 0)
                return r;
        return to_time(spec, &s.moment, after, ret);
}

static bool is_season(time_t t, int dst) {
        struct tm tm;

        return time_zone_split(t, false, &tm) == 0 && (tm.tm_isdst > 0) == dst;
}

/* The first second from T on that has summer time, or has not, as DST says; -ENOENT when the next
 * years have none. */
static int next_season(time_t t, int dst, time_t *ret) {
        time_t low = t, high = t;

        for (int day = 0; !is_season(high, dst); day++, high += 86400) {
                if (day > 2 * 366)
                        return -ENOENT;
                low = high;
        }
        while (high - low > 1) {
                time_t middle = low + (high - low) / 2;

                if (is_season(middle, dst))
                        high = middle;
                else
                        low = middle;
        }
        *ret = high;
        return 0;
}

/* "12:00 CET" where summers have CEST: elapses in the other season do not count. */
static int next_in_season(const CalendarSpec *spec, uint64_t after, uint64_t *ret) {
        uint64_t usec;
        time_t season;
        int r;

        for (int step = 0; step < STEPS_MAX; step++) {
                r = next_in_any_season(spec, after, &usec);
                if (r < 0)
                        return r;
                if (is_season((time_t)(usec / TIME_SPAN_SEC), spec->dst)) {
                        *ret = usec;
                        return 0;
                }
                r = next_season((time_t)(usec / TIME_SPAN_SEC), spec->dst, &season);
                if (r < 0)
                        return r;
                after = (uint64_t)season * TIME_SPAN_SEC - 1;
        }
        return -ENOENT;
}

int calendar_next(const CalendarSpec *spec, uint64_t after, uint64_t *ret) {
        _cleanup_(time_zone_leave) TimeZone zone = { 0 };
        int r;

        if (!spec->utc && spec->dst >= 0)
                return next_in_season(spec, after, ret);
        r = time_zone_enter(&zone, spec->utc ? NULL : spec->zone);
        if (r < 0)
                return r;
        return next_in_any_season(spec, after, ret);
}
