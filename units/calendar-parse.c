/*
 * The parts of calendar events from text, from its front to its end: weekdays,
 * date, time of day; each may be missing.
 *
 * Whether a calendar has such days and hours is not judged here.
 */
#include "base/array.h"
#include "units/calendar-spec.h"

#include <limits.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "units/time-zone.h"
#include "units/timestamp.h"

/* A list is walked at each step of a search. Nobody who means it writes longer ones. */
#define RANGES_MAX 241

#define CALENDAR_ALL_DAYS 0x7fu

static const struct {
        const char *name, *meaning;
} shorthands[] = {
        { "minutely", "*-*-* *:*:00" },
        { "hourly", "*-*-* *:00:00" },
        { "daily", "*-*-* 00:00:00" },
        { "weekly", "Mon *-*-* 00:00:00" },
        { "monthly", "*-*-01 00:00:00" },
        { "quarterly", "*-01,04,07,10-01 00:00:00" },
        { "semiannually", "*-01,07-01 00:00:00" },
        { "semi-annually", "*-01,07-01 00:00:00" },
        { "biannually", "*-01,07-01 00:00:00" },
        { "bi-annually", "*-01,07-01 00:00:00" },
        { "annually", "*-01-01 00:00:00" },
        { "anually", "*-01-01 00:00:00" }, /* systemd knows this spelling too */
        { "yearly", "*-01-01 00:00:00" },
};

static const char *const weekdays[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday" };

static void field_done(CalendarField *f) {
        free(f->ranges);
        *f = (CalendarField){ 0 };
}

static int field_add(CalendarField *f, CalendarRange range) {
        if (f->n >= RANGES_MAX)
                return -ENOBUFS;
        if (ARRAY_GROW(f->ranges, f->n) < 0)
                return -ENOMEM;
        f->ranges[f->n++] = range;
        return 0;
}

static int field_set(CalendarField *f, int value) {
        return field_add(f, (CalendarRange){ .start = value, .stop = -1 });
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static int read_number(const char **s, int64_t *ret) {
        const char *p = *s;
        int64_t value = 0;

        if (!is_digit(*p))
                return -EINVAL;
        for (; is_digit(*p); p++)
                if (__builtin_mul_overflow(value, 10, &value) ||
                    __builtin_add_overflow(value, *p - '0', &value))
                        return -ERANGE;
        *s = p;
        *ret = value;
        return 0;
}

/* A number as UNIT counts it. One "." begins decimals, two are a range. */
static int read_value(const char **s, CalendarUnit unit, int *ret) {
        unsigned fraction = 0;
        int r;
        int64_t value;

        r = read_number(s, &value);
        if (r < 0)
                return r;
        if (unit == CALENDAR_USEC) {
                if (__builtin_mul_overflow(value, CALENDAR_USEC_SEC, &value))
                        return -ERANGE;
                if ((*s)[0] == '.' && (*s)[1] != '.') {
                        ++*s;
                        if (!timestamp_read_fraction(s, &fraction))
                                return -EINVAL;
                }
        }
        if (value > INT_MAX - (int64_t)fraction)
                return -ERANGE;
        *ret = (int)(value + fraction);
        return 0;
}

/* "START[..STOP][/REPEAT]" */
static int read_range(const char **s, CalendarUnit unit, CalendarRange *ret) {
        CalendarRange range = { .stop = -1 };
        const char *p = *s;
        int r = read_value(&p, unit, &range.start);

        if (r < 0)
                return r;
        if (p[0] == '.' && p[1] == '.') {
                p += 2;
                r = read_value(&p, unit, &range.stop);
                if (r < 0)
                        return r;
                range.repeat = unit == CALENDAR_USEC ? CALENDAR_USEC_SEC : 1;
        }
        if (*p == '/') {
                p++;
                r = read_value(&p, unit, &range.repeat);
                if (r < 0)
                        return r;
                if (range.repeat == 0)
                        return -ERANGE;
        } else if (unit == CALENDAR_USEC && range.stop >= 0 &&
                   range.stop < (int64_t)range.start + range.repeat) {
                return -EINVAL; /* less than the second between that goes without saying */
        }
        *s = p;
        *ret = range;
        return 0;
}

/* "*", or ranges with commas between; ends where the next separator is. */
static int read_field(const char **s, CalendarUnit unit, CalendarField *ret) {
        _cleanup_(field_done) CalendarField f = { 0 };
        const char *p = *s;
        int r = 0;

        if (*p == '*') {
                p++;
                if (unit == CALENDAR_USEC)
                        r = field_add(&f,
                                      (CalendarRange){ .stop = -1, .repeat = CALENDAR_USEC_SEC });
        } else {
                do {
                        CalendarRange range;

                        p += f.n > 0; /* the comma */
                        r = read_range(&p, unit, &range);
                        if (r == 0 && !strchr(" ,-~:", *p))
                                r = -EINVAL;
                        if (r == 0)
                                r = field_add(&f, range);
                } while (r == 0 && *p == ',');
        }
        if (r < 0)
                return r;
        *s = p;
        *ret = f;
        f = (CalendarField){ 0 };
        return 0;
}

/* The day that the text begins with, or -ENOENT; letters running on into others are -EINVAL. */
static int read_weekday(const char **s, int *ret) {
        for (int day = 0; day < 7; day++) {
                size_t full = strlen(weekdays[day]), length;

                if (strncasecmp(*s, weekdays[day], 3) != 0)
                        continue;
                length = strncasecmp(*s, weekdays[day], full) == 0 ? full : 3;
                if (!strchr("-., ", (*s)[length]))
                        return -EINVAL;
                *s += length;
                *ret = day;
                return 0;
        }
        return -ENOENT;
}

static unsigned days_between(int first, int last) {
        return (CALENDAR_ALL_DAYS >> (6 - last)) & (CALENDAR_ALL_DAYS << first);
}

/* The separator behind a day: negative errno, 0 at the end of the list, 1 when a day must follow,
 * 2 when it may: a trailing comma is fine. ".." and the older "-" make DAY the begin of a range. */
static int read_day_separator(const char **s, int day, int *range_from) {
        bool in_range = *range_from >= 0;

        *range_from = -1;
        if (**s == '\0' || **s == ' ')
                return 0;
        if (**s == ',') {
                ++*s;
                return **s == '\0' || **s == ' ' ? 0 : 1;
        }
        if (in_range || (**s == '.' && (*s)[1] != '.'))
                return -EINVAL;
        *s += **s == '.' ? 2 : 1;
        *range_from = day;
        return 1;
}

/* "Mon,Wed..Fri "; no weekdays at all are fine. */
static int read_weekdays(const char **s, unsigned *ret) {
        int range_from = -1, day = 0, r;
        const char *p = *s;
        unsigned days = 0;

        do {
                r = read_weekday(&p, &day);
                if (r == -ENOENT && p == *s)
                        return 0;
                if (r < 0 || range_from > day)
                        return -EINVAL;
                days |= days_between(range_from >= 0 ? range_from : day, day);
                r = read_day_separator(&p, day, &range_from);
                if (r < 0)
                        return r;
        } while (r > 0);
        *s = p + strspn(p, " ");
        *ret = days;
        return 0;
}

/* "@1395716396": one second, once. */
static int read_epoch(const char *s, CalendarSpec *spec) {
        uint64_t seconds;
        struct tm tm;
        int r = number_parse_u64(s, 10, &seconds);

        if (r < 0)
                return r;
        if (seconds > UINT32_MAX * UINT64_C(4) || time_zone_split((time_t)seconds, true, &tm) < 0)
                return -ERANGE;
        const int values[CALENDAR_UNITS] = {
                tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                tm.tm_hour,        tm.tm_min,     tm.tm_sec * CALENDAR_USEC_SEC,
        };

        for (int unit = 0; unit < CALENDAR_UNITS; unit++) {
                r = field_set(&spec->fields[unit], values[unit]);
                if (r < 0)
                        return r;
        }
        spec->utc = true;
        return 0;
}

/* "[YEAR-]MONTH-DAY ", or nothing when the text goes on with a time of day. "~" instead of the
 * last "-" counts days from the month's end. */
static int read_date(const char **s, CalendarSpec *spec) {
        CalendarField *f = spec->fields;
        const char *p = *s;
        int parts = 1, r;

        if (!*p)
                return 0;
        r = read_field(&p, CALENDAR_YEAR, &f[CALENDAR_YEAR]);
        if (r < 0)
                return r;
        if (!*p || *p == ':') {
                field_done(&f[CALENDAR_YEAR]);
                return 0;
        }
        for (; *p && *p != ' '; parts++) {
                if (parts == 3 || spec->end_of_month || (*p != '-' && *p != '~'))
                        return -EINVAL;
                spec->end_of_month = *p++ == '~';
                r = read_field(&p, (CalendarUnit)parts, &f[parts]);
                if (r < 0)
                        return r;
        }
        if (parts == 1)
                return -EINVAL;
        if (parts == 2) {
                f[CALENDAR_DAY] = f[CALENDAR_MONTH];
                f[CALENDAR_MONTH] = f[CALENDAR_YEAR];
                f[CALENDAR_YEAR] = (CalendarField){ 0 };
        }
        *s = p + strspn(p, " ");
        return 0;
}

/* "HOUR:MINUTE[:SECOND]"; what is missing is zero. */
static int read_time(const char *s, CalendarSpec *spec) {
        int unit = CALENDAR_HOUR, r;

        while (*s) {
                r = read_field(&s, (CalendarUnit)unit, &spec->fields[unit]);
                if (r < 0)
                        return r;
                unit++;
                if (!*s && unit > CALENDAR_MINUTE)
                        break;
                if (*s++ != ':' || unit == CALENDAR_UNITS)
                        return -EINVAL;
                if (!*s)
                        return -EINVAL;
        }
        for (; unit < CALENDAR_UNITS; unit++) {
                r = field_set(&spec->fields[unit], 0);
                if (r < 0)
                        return r;
        }
        return 0;
}

int calendar_parse_parts(const char *s, CalendarSpec *spec) {
        int r;

        if (!*s)
                return -EINVAL;
        for (size_t i = 0; i < ARRAY_SIZE(shorthands); i++)
                if (strcasecmp(s, shorthands[i].name) == 0) {
                        s = shorthands[i].meaning;
                        break;
                }
        r = read_weekdays(&s, &spec->weekdays);
        if (r < 0)
                return r;
        if (*s == '@')
                return read_epoch(s + 1, spec);
        r = read_date(&s, spec);
        if (r < 0)
                return r;
        return read_time(s, spec);
}
