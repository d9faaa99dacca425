/*
 * Time spans. One walk reads both resolutions: it counts in ticks, and the table
 * of units says how many ticks each unit has.
 */
#include "units/time-span.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

typedef struct Unit {
        const char *name;
        uint64_t usec;
} Unit;

/* The longest name that fits at a place is the first here that fits: "month" before "m". */
static const Unit units[] = {
        { "seconds", TIME_SPAN_SEC },    { "second", TIME_SPAN_SEC },
        { "sec", TIME_SPAN_SEC },        { "s", TIME_SPAN_SEC },
        { "minutes", TIME_SPAN_MINUTE }, { "minute", TIME_SPAN_MINUTE },
        { "min", TIME_SPAN_MINUTE },     { "months", TIME_SPAN_MONTH },
        { "month", TIME_SPAN_MONTH },    { "M", TIME_SPAN_MONTH },
        { "msec", TIME_SPAN_MSEC },      { "ms", TIME_SPAN_MSEC },
        { "m", TIME_SPAN_MINUTE },       { "hours", TIME_SPAN_HOUR },
        { "hour", TIME_SPAN_HOUR },      { "hr", TIME_SPAN_HOUR },
        { "h", TIME_SPAN_HOUR },         { "days", TIME_SPAN_DAY },
        { "day", TIME_SPAN_DAY },        { "d", TIME_SPAN_DAY },
        { "weeks", TIME_SPAN_WEEK },     { "week", TIME_SPAN_WEEK },
        { "w", TIME_SPAN_WEEK },         { "years", TIME_SPAN_YEAR },
        { "year", TIME_SPAN_YEAR },      { "y", TIME_SPAN_YEAR },
        { "usec", TIME_SPAN_USEC },      { "us", TIME_SPAN_USEC },
        { "\xc2\xb5s", TIME_SPAN_USEC }, /* micro sign */
        { "\xce\xbcs", TIME_SPAN_USEC }, /* Greek mu */
};

/* How a walk counts. */
typedef struct Scale {
        uint64_t ticks_per_usec; /* 1 or 1000 */
        uint64_t default_ticks;  /* of a number without unit */
} Scale;

static const char *skip_space(const char *s) {
        return s + strspn(s, WHITESPACE);
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

/* Reads the unit at S, if there is one, and steps behind it. */
static const char *read_unit(const char *s, const Scale *scale, uint64_t *ret_ticks) {
        const char *after;

        for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
                after = text_after(s, units[i].name);
                if (!after)
                        continue;
                *ret_ticks = units[i].usec * scale->ticks_per_usec;
                return after;
        }
        if (scale->ticks_per_usec > 1) {
                after = text_after(s, "nsec");
                after = after ? after : text_after(s, "ns");
                if (after) {
                        *ret_ticks = 1;
                        return after;
                }
        }
        *ret_ticks = scale->default_ticks;
        return s;
}

/* UINT64_MAX is taken by "infinity", so a finite sum must stay below. */
static int add_ticks(uint64_t *total, uint64_t count, uint64_t ticks) {
        uint64_t product, sum;

        if (__builtin_mul_overflow(count, ticks, &product) ||
            __builtin_add_overflow(*total, product, &sum) || sum == TIME_SPAN_INFINITY)
                return -ERANGE;
        *total = sum;
        return 0;
}

/* The whole part of a number, which may be missing before a dot. */
static int read_whole(const char **s, uint64_t *ret) {
        const char *p = *s + (**s == '+');
        uint64_t value = 0;

        if (!is_digit(*p)) {
                *ret = 0;
                return **s == '.' ? 0 : -EINVAL;
        }
        for (; is_digit(*p); p++)
                if (__builtin_mul_overflow(value, 10, &value) ||
                    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value) ||
                    value > INT64_MAX)
                        return -ERANGE;
        *s = p;
        *ret = value;
        return 0;
}

/* One number with its unit, added to *TOTAL; *S moves behind it. */
static int read_part(const char **s, const Scale *scale, uint64_t *total) {
        const char *p = *s, *digits = NULL, *after_number;
        uint64_t whole, ticks;
        int r = read_whole(&p, &whole);

        if (r < 0)
                return r;
        if (*p == '.') {
                digits = ++p;
                p += strspn(p, "0123456789");
        }
        after_number = p;
        p = read_unit(skip_space(p), scale, &ticks);
        if (p == after_number && *p)
                return -EINVAL; /* neither space nor unit: "12.34.56" */
        r = add_ticks(total, whole, ticks);
        if (r < 0)
                return r;
        if (digits && !is_digit(*digits))
                return -EINVAL;
        for (uint64_t tenth = ticks / 10; digits && is_digit(*digits); digits++, tenth /= 10) {
                r = add_ticks(total, (uint64_t)(*digits - '0'), tenth);
                if (r < 0)
                        return r;
        }
        *s = p;
        return 0;
}

static int parse(const char *s, const Scale *scale, uint64_t *ret) {
        const char *p = skip_space(s), *after = text_after(p, "infinity");
        uint64_t total = 0;

        if (after) {
                if (*skip_space(after))
                        return -EINVAL;
                *ret = TIME_SPAN_INFINITY;
                return 0;
        }
        if (!*p)
                return -EINVAL;
        for (; *p; p = skip_space(p)) {
                int r = *p == '-' ? -ERANGE : read_part(&p, scale, &total);

                if (r < 0)
                        return r;
        }
        *ret = total;
        return 0;
}

int time_span_parse(const char *s, uint64_t default_unit, uint64_t *ret_usec) {
        return parse(s, &(Scale){ .ticks_per_usec = 1, .default_ticks = default_unit }, ret_usec);
}

int time_span_parse_nsec(const char *s, uint64_t *ret_nsec) {
        return parse(s, &(Scale){ .ticks_per_usec = 1000, .default_ticks = 1 }, ret_nsec);
}

/* How units are written, largest first; DIGITS is how many decimals a fraction of one can have. */
static const struct {
        const char *suffix;
        uint64_t usec;
        int digits;
} written[] = {
        { "y", TIME_SPAN_YEAR, 0 }, { "month", TIME_SPAN_MONTH, 0 }, { "w", TIME_SPAN_WEEK, 0 },
        { "d", TIME_SPAN_DAY, 0 },  { "h", TIME_SPAN_HOUR, 0 },      { "min", TIME_SPAN_MINUTE, 0 },
        { "s", TIME_SPAN_SEC, 6 },  { "ms", TIME_SPAN_MSEC, 3 },     { "us", TIME_SPAN_USEC, 0 },
};

/* Appends "12.345s", with the decimals that ACCURACY still asks for; none: false, nothing done. */
static bool append_fraction(char *to, size_t size, uint64_t usec, size_t unit, uint64_t accuracy) {
        uint64_t rest = usec % written[unit].usec;
        int digits = written[unit].digits;
        char text[8] = "";

        for (uint64_t a = accuracy; a > 1; a /= 10, digits--)
                rest /= 10;
        if (digits <= 0)
                return false;
        for (int i = digits; i-- > 0; rest /= 10)
                text[i] = (char)('0' + rest % 10);
        snprintf(to, size, "%u.%s%s", (unsigned)(usec / written[unit].usec), text,
                 written[unit].suffix);
        return true;
}

char *time_span_format(uint64_t usec, uint64_t accuracy, char ret[static TIME_SPAN_MAX]) {
        size_t used = 0;

        snprintf(ret, TIME_SPAN_MAX, "%s", usec == TIME_SPAN_INFINITY ? "infinity" : "0");
        if (usec == TIME_SPAN_INFINITY)
                return ret;
        for (size_t i = 0; i < ARRAY_SIZE(written) && usec > 0; i++) {
                uint64_t unit = written[i].usec;

                if (usec < accuracy && used > 0)
                        break;
                if (usec < unit)
                        continue;
                if (used > 0)
                        ret[used++] = ' ';
                if (usec % unit > 0 &&
                    append_fraction(ret + used, TIME_SPAN_MAX - used, usec, i, accuracy))
                        return ret;
                used += (size_t)snprintf(ret + used, TIME_SPAN_MAX - used, "%llu%s",
                                         (unsigned long long)(usec / unit), written[i].suffix);
                usec %= unit;
        }
        return ret;
}

char *time_span_format_nsec(uint64_t nsec, char ret[static TIME_SPAN_MAX]) {
        unsigned rest = (unsigned)(nsec % 1000);
        size_t used = 0;

        if (nsec == TIME_SPAN_INFINITY || rest == 0)
                return time_span_format(nsec == TIME_SPAN_INFINITY ? nsec : nsec / 1000, 1, ret);
        if (nsec >= 1000) {
                used = strlen(time_span_format(nsec / 1000, 1, ret));
                ret[used++] = ' ';
        }
        snprintf(ret + used, TIME_SPAN_MAX - used, "%uns", rest);
        return ret;
}
