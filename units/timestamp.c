/*
 * Points in time. Text is cut from its end: first the zone, then, from the
 * front, weekday, date and time of day.
 */
#include "units/timestamp.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "units/time-span.h"
#include "units/time-zone.h"

static const char *const weekdays[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday" };

uint64_t timestamp_now(void) {
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return (uint64_t)now.tv_sec * TIME_SPAN_SEC + (uint64_t)now.tv_nsec / 1000;
}

/* The calendar fields as they are read, before a zone makes them a point in time. */
typedef struct Reading {
        struct tm tm;
        unsigned usec;
        int weekday; /* 0 is Sunday; -1: none was named */
} Reading;

/* Reads one to MAX_DIGITS digits with a value of LOWEST to HIGHEST. */
static bool read_number(const char **s, int max_digits, int lowest, int highest, int *ret) {
        const char *p = *s;
        int value = 0;

        for (; *p >= '0' && *p <= '9' && p - *s < max_digits; p++)
                value = value * 10 + (*p - '0');
        if (p == *s || value < lowest || value > highest)
                return false;
        *s = p;
        *ret = value;
        return true;
}

static bool read_char(const char **s, char c) {
        if (**s != c)
                return false;
        ++*s;
        return true;
}

static void read_weekday(const char **s, int *ret) {
        for (int i = 0; i < 7; i++) {
                size_t length = strcspn(*s, " ");

                if ((length != 3 && length != strlen(weekdays[i])) ||
                    strncasecmp(*s, weekdays[i], length) != 0 || (*s)[length] != ' ')
                        continue;
                *s += length + 1;
                *ret = i;
                return;
        }
}

/* "2024-05-31"; two digits mean 1969 to 2068, as strptime() has it. */
static bool read_date(const char **s, struct tm *tm) {
        const char *p = *s;
        int year, month, day;
        struct tm there;

        if (!read_number(&p, 4, 0, 9999, &year) || (p - *s > 2 && p - *s != 4))
                return false;
        if (p - *s <= 2)
                year += year < 69 ? 2000 : 1900;
        if (!read_char(&p, '-') || !read_number(&p, 2, 1, 12, &month) || !read_char(&p, '-') ||
            !read_number(&p, 2, 1, 31, &day))
                return false;
        there = (struct tm){ .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
        (void)timegm(&there);
        if (there.tm_mday != day)
                return false; /* 30 February */
        tm->tm_year = there.tm_year;
        tm->tm_mon = there.tm_mon;
        tm->tm_mday = there.tm_mday;
        *s = p;
        return true;
}

bool timestamp_read_fraction(const char **s, unsigned *ret) {
        const char *p = *s;
        unsigned value = 0;

        if (*p < '0' || *p > '9')
                return false;
        for (int i = 0; i < 6; i++)
                value = value * 10 + (*p >= '0' && *p <= '9' ? (unsigned)(*p++ - '0') : 0);
        value += *p >= '5' && *p <= '9';
        *s = p + strspn(p, "0123456789");
        *ret = value;
        return true;
}

/* "14:30", "14:30:15", "14:30:15.25" */
static bool read_time(const char **s, Reading *r) {
        r->tm.tm_sec = 0;
        r->usec = 0;
        if (!read_number(s, 2, 0, 23, &r->tm.tm_hour) || !read_char(s, ':') ||
            !read_number(s, 2, 0, 59, &r->tm.tm_min))
                return false;
        if (!read_char(s, ':'))
                return true;
        if (!read_number(s, 2, 0, 60, &r->tm.tm_sec))
                return false;
        return !read_char(s, '.') || timestamp_read_fraction(s, &r->usec);
}

static void set_midnight(Reading *r) {
        r->tm.tm_hour = r->tm.tm_min = r->tm.tm_sec = 0;
        r->usec = 0;
}

static bool read_day_name(const char *s, Reading *r) {
        static const struct {
                const char *name;
                int offset;
        } names[] = { { "yesterday", -1 }, { "today", 0 }, { "tomorrow", 1 } };

        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                if (!text_eq(s, names[i].name))
                        continue;
                r->tm.tm_mday += names[i].offset;
                set_midnight(r);
                return true;
        }
        return false;
}

static bool read_fields(const char *s, Reading *r) {
        if (read_day_name(s, r))
                return true;
        read_weekday(&s, &r->weekday);
        if (read_date(&s, &r->tm)) {
                set_midnight(r);
                if (!*s)
                        return true;
                if (!read_char(&s, ' '))
                        return false;
        }
        return read_time(&s, r) && !*s;
}

/* S without its zone, which is ZONE and already the local one. */
static int parse_absolute(const char *s, const TimeZoneSuffix *zone, uint64_t now, uint64_t *ret) {
        Reading r = { .weekday = -1 };
        time_t t;

        if (time_zone_split((time_t)(now / TIME_SPAN_SEC), zone->utc, &r.tm) < 0)
                return -ERANGE;
        r.tm.tm_isdst = zone->dst;
        if (!read_fields(s, &r))
                return -EINVAL;
        t = time_zone_join(&r.tm, zone->utc);
        if (t < 0 || (uint64_t)t > TIMESTAMP_LAST / TIME_SPAN_SEC)
                return -ERANGE;
        if (r.weekday >= 0 && r.weekday != r.tm.tm_wday)
                return -EINVAL;
        *ret = (uint64_t)t * TIME_SPAN_SEC + r.usec;
        return 0;
}

static int parse_zoned(const char *s, uint64_t now, uint64_t *ret) {
        _cleanup_(time_zone_leave) TimeZone entered = { 0 };
        _cleanup_free_ char *fields = NULL;
        TimeZoneSuffix zone;
        int r;

        time_zone_find_suffix(s, &zone);
        fields = strndup(s, zone.before);
        if (!fields)
                return -ENOMEM;
        r = time_zone_enter(&entered, zone.utc || zone.dst >= 0 ? NULL : zone.name);
        if (r < 0)
                return r;
        return parse_absolute(fields, &zone, now, ret);
}

/* SIGN says on which side of NOW the span lies. */
static int parse_relative(const char *span, size_t length, int sign, uint64_t now, uint64_t *ret) {
        _cleanup_free_ char *copy = strndup(span, length);
        uint64_t usec;
        int r;

        if (!copy)
                return -ENOMEM;
        r = time_span_parse(copy, TIME_SPAN_SEC, &usec);
        if (r < 0)
                return r;
        if (sign > 0 && (usec > TIMESTAMP_LAST || now > TIMESTAMP_LAST - usec))
                return -ERANGE;
        if (sign > 0)
                *ret = now + usec;
        else
                *ret = now > usec ? now - usec : 0;
        return 0;
}

int timestamp_parse(const char *s, uint64_t now, uint64_t *ret) {
        size_t length = strlen(s);

        if (text_eq(s, "now")) {
                *ret = now;
                return 0;
        }
        if (*s == '+' || *s == '-')
                return parse_relative(s + 1, length - 1, *s == '+' ? 1 : -1, now, ret);
        if (*s == '@')
                return parse_relative(s + 1, length - 1, 1, 0, ret);
        if (text_ends_with(s, " ago"))
                return parse_relative(s, length - strlen(" ago"), -1, now, ret);
        if (text_ends_with(s, " left"))
                return parse_relative(s, length - strlen(" left"), 1, now, ret);
        return parse_zoned(s, now, ret);
}

char *timestamp_format(uint64_t usec, bool utc, char ret[static TIMESTAMP_MAX]) {
        struct tm tm;

        if (usec > TIMESTAMP_LAST || time_zone_split((time_t)(usec / TIME_SPAN_SEC), utc, &tm) < 0)
                snprintf(ret, TIMESTAMP_MAX, "after the year 9999");
        else
                snprintf(ret, TIMESTAMP_MAX, "%.3s %04d-%02d-%02d %02d:%02d:%02d %s",
                         weekdays[tm.tm_wday], tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                         tm.tm_hour, tm.tm_min, tm.tm_sec, utc ? "UTC" : tm.tm_zone);
        return ret;
}

/* From LEAST on a distance is told in UNIT and, unless that is 0, PART. */
static const struct {
        uint64_t least, unit;
        const char *one, *many;
        uint64_t part;
        const char *part_one, *part_many;
} distances[] = {
        { TIME_SPAN_YEAR, TIME_SPAN_YEAR, " year", " years", TIME_SPAN_MONTH, " month", " months" },
        { TIME_SPAN_MONTH, TIME_SPAN_MONTH, " month", " months", TIME_SPAN_DAY, " day", " days" },
        { TIME_SPAN_WEEK, TIME_SPAN_WEEK, " week", " weeks", TIME_SPAN_DAY, " day", " days" },
        { 2 * TIME_SPAN_DAY, TIME_SPAN_DAY, " day", " days", 0, NULL, NULL },
        { 25 * TIME_SPAN_HOUR, TIME_SPAN_DAY, " day", " days", TIME_SPAN_HOUR, "h", "h" },
        { 6 * TIME_SPAN_HOUR, TIME_SPAN_HOUR, "h", "h", 0, NULL, NULL },
        { TIME_SPAN_HOUR, TIME_SPAN_HOUR, "h", "h", TIME_SPAN_MINUTE, "min", "min" },
        { 5 * TIME_SPAN_MINUTE, TIME_SPAN_MINUTE, "min", "min", 0, NULL, NULL },
        { TIME_SPAN_MINUTE, TIME_SPAN_MINUTE, "min", "min", TIME_SPAN_SEC, "s", "s" },
        { TIME_SPAN_SEC, TIME_SPAN_SEC, "s", "s", 0, NULL, NULL },
        { TIME_SPAN_MSEC, TIME_SPAN_MSEC, "ms", "ms", 0, NULL, NULL },
        { TIME_SPAN_USEC, TIME_SPAN_USEC, "us", "us", 0, NULL, NULL },
};

char *timestamp_format_relative(uint64_t usec, uint64_t now, char ret[static TIMESTAMP_MAX]) {
        uint64_t distance = usec > now ? usec - now : now - usec;
        unsigned whole, rest;
        size_t i = 0;
        int used;

        if (distance == 0) {
                snprintf(ret, TIMESTAMP_MAX, "now");
                return ret;
        }
        while (distance < distances[i].least)
                i++;
        whole = (unsigned)(distance / distances[i].unit);
        used = snprintf(ret, TIMESTAMP_MAX, "%u%s", whole,
                        whole == 1 ? distances[i].one : distances[i].many);
        if (distances[i].part > 0) {
                rest = (unsigned)(distance % distances[i].unit / distances[i].part);
                used += snprintf(ret + used, TIMESTAMP_MAX - (size_t)used, " %u%s", rest,
                                 rest == 1 ? distances[i].part_one : distances[i].part_many);
        }
        snprintf(ret + used, TIMESTAMP_MAX - (size_t)used, " %s", usec > now ? "left" : "ago");
        return ret;
}
