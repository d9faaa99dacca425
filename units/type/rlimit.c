/*
 * LimitNOFILE= and its kin: "soft:hard", or one value for both, each in the
 * unit that the row's param names. systemd.exec(5), "PROCESS PROPERTIES".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/param.h"
#include "units/setting.h"
#include "units/size.h"
#include "units/time-span.h"
#include "units/types.h"

static const RlimitParam plain_number = { .kind = RLIMIT_KIND_NUMBER };

/* What to write instead, after "use". */
static const char *const kind_says[] = {
        [RLIMIT_KIND_NUMBER] = "a number",
        [RLIMIT_KIND_SIZE] = "a size such as 64M",
        [RLIMIT_KIND_SECONDS] = "a time span such as 10s",
        [RLIMIT_KIND_USECONDS] = "a time span such as 500ms (a bare number counts microseconds)",
        [RLIMIT_KIND_NICE] = ("a nice level with its sign, from -20 to +19, or the kernel's number "
                              "for it, from 0 to 40"),
};

static int parse_seconds(const char *text, uint64_t *ret) {
        uint64_t usec;
        int r = time_span_parse(text, TIME_SPAN_SEC, &usec);

        if (r < 0)
                return r;
        *ret = usec == TIME_SPAN_INFINITY ? SETTING_INFINITY
                                          : usec / TIME_SPAN_SEC + (usec % TIME_SPAN_SEC > 0);
        return 0;
}

/* A sign makes it a nice level; the kernel counts from 1 (+19) to 40 (-20). */
static int parse_nice(const char *text, uint64_t *ret) {
        bool negative = *text == '-', level = negative || *text == '+';
        uint64_t n;
        int r = number_parse_u64(text + level, 10, &n);

        if (r < 0)
                return r;
        if (n > (negative ? 20U : level ? 19U : 40U))
                return -ERANGE;
        *ret = negative ? 20 + n : level ? 20 - n : n;
        return 0;
}

static int parse_number(const char *text, uint64_t *ret) {
        return number_parse_u64(text, 10, ret);
}

static int parse_useconds(const char *text, uint64_t *ret) {
        return time_span_parse(text, TIME_SPAN_USEC, ret);
}

static int parse_one(const RlimitParam *p, const char *text, uint64_t *ret) {
        static int (*const parse[])(const char *, uint64_t *) = {
                [RLIMIT_KIND_NUMBER] = parse_number,   [RLIMIT_KIND_SIZE] = size_parse,
                [RLIMIT_KIND_SECONDS] = parse_seconds, [RLIMIT_KIND_USECONDS] = parse_useconds,
                [RLIMIT_KIND_NICE] = parse_nice,
        };

        if (text_eq(text, "infinity") && p->kind != RLIMIT_KIND_NICE) {
                *ret = SETTING_INFINITY;
                return 0;
        }
        return parse[p->kind](text, ret);
}

static int rlimit_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        const RlimitParam *p = d->param ? d->param : &plain_number;
        const char *colon = strchr(value, ':');
        _cleanup_free_ char *soft = NULL;
        char excerpt[TEXT_EXCERPT_MAX];
        RlimitSetting l = { .set = true };

        if (!*value)
                return type_reset(d, field);
        soft = strndup(value, strcspn(value, ":"));
        if (!soft)
                return -ENOMEM;
        text_excerpt(value, excerpt);
        if (parse_one(p, soft, &l.soft) < 0 || parse_one(p, colon ? colon + 1 : soft, &l.hard) < 0)
                return diag_error(c->diag, -EINVAL, "\"%s\" is no limit; use %s%s, or soft:hard",
                                  excerpt, kind_says[p->kind],
                                  p->kind == RLIMIT_KIND_NICE ? "" : ", or infinity");
        if (l.soft > l.hard)
                return diag_error(c->diag, -EINVAL,
                                  "in \"%s\" the soft limit is above the hard one; write the "
                                  "smaller value first",
                                  excerpt);
        *(RlimitSetting *)field = l;
        return 0;
}

static void add_limit(uint64_t value, StrBuf *line) {
        if (value == SETTING_INFINITY)
                strbuf_add(line, "infinity");
        else
                strbuf_addf(line, "%" PRIu64, value);
}

static void rlimit_format(const Directive *d, const void *field, StrBuf *to) {
        const RlimitSetting *l = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        if (l->set)
                add_limit(l->soft, &line);
        if (l->set && l->soft != l->hard) {
                strbuf_add_char(&line, ':');
                add_limit(l->hard, &line);
        }
        type_format_taken(d, &line, to);
}

static bool rlimit_equal(const void *a, const void *b) {
        const RlimitSetting *x = a, *y = b;

        return x->set == y->set && x->soft == y->soft && x->hard == y->hard;
}

const Type type_rlimit = {
        .name = "resource limit",
        .size = sizeof(RlimitSetting),
        .parse = rlimit_parse,
        .format = rlimit_format,
        .equal = rlimit_equal,
};
