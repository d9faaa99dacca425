/*
 * Time spans: systemd.time(7). What a bare number counts, and whether 0 means
 * "never", is the row's param.
 */
#include "units/time-span.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/param.h"
#include "units/setting.h"
#include "units/types.h"

static const TimeSpanParam seconds = { TIME_SPAN_SEC, false };

static int time_span_field_parse(const Directive *d, const char *value, const ParseContext *c,
                                 void *field) {
        const TimeSpanParam *p = d->param ? d->param : &seconds;
        char excerpt[TEXT_EXCERPT_MAX];
        uint64_t span;
        int r;

        if (!*value)
                return type_reset(d, field);
        r = p->default_unit == 0 ? time_span_parse_nsec(value, &span)
                                 : time_span_parse(value, p->default_unit, &span);
        if (r == -ERANGE)
                return diag_error(c->diag, r,
                                  "\"%s\" is negative or too long; use infinity for "
                                  "a time that never ends",
                                  text_excerpt(value, excerpt));
        if (r < 0)
                return diag_error(c->diag, r,
                                  "\"%s\" is no time span; use a number with a unit, such as "
                                  "10s, 5min or 1h 30min, or infinity",
                                  text_excerpt(value, excerpt));
        *(uint64_t *)field = span == 0 && p->zero_is_infinity ? SETTING_INFINITY : span;
        return 0;
}

static void time_span_field_format(const Directive *d, const void *field, StrBuf *to) {
        const TimeSpanParam *p = d->param ? d->param : &seconds;
        uint64_t span = *(const uint64_t *)field;
        char text[TIME_SPAN_MAX];

        if (p->default_unit == 0)
                time_span_format_nsec(span, text);
        else
                time_span_format(span, 1, text);
        type_format_line(d, text, to);
}

const Type type_time_span = {
        .name = "time span",
        .size = sizeof(uint64_t),
        .parse = time_span_field_parse,
        .format = time_span_field_format,
        .equal = type_equal_u64,
};
