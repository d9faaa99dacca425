/*
 * Numbers, sizes, limits and modes: each a number that fits what the row's
 * param asks for, or the word that the row allows instead.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/number.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/param.h"
#include "units/setting.h"
#include "units/size.h"
#include "units/types.h"

static int say_no_number(const IntegerParam *p, const char *value, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];
        const char *either = p->word ? " or " : "", *word = p->word ? p->word : "";

        text_excerpt(value, excerpt);
        if (p->min == INT64_MIN && p->max == INT64_MAX)
                return diag_error(diag, -EINVAL, "\"%s\" is no number; use digits%s%s", excerpt,
                                  either, word);
        if (p->max == INT64_MAX)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" does not fit; use a number from %" PRIi64 " on%s%s",
                                  excerpt, p->min, either, word);
        return diag_error(diag, -EINVAL,
                          "\"%s\" does not fit; use a number from %" PRIi64 " to %" PRIi64 "%s%s",
                          excerpt, p->min, p->max, either, word);
}

static const IntegerParam any_integer = { INT64_MIN, INT64_MAX, 10, NULL, 0 };

static int integer_parse(const Directive *d, const char *value, const ParseContext *c,
                         void *field) {
        const IntegerParam *p = d->param ? d->param : &any_integer;
        int64_t number;

        if (!*value)
                return type_reset(d, field);
        if (p->word && text_eq(value, p->word)) {
                *(int64_t *)field = p->word_value;
                return 0;
        }
        if (number_parse_i64(value, p->base, &number) < 0 || number < p->min || number > p->max)
                return say_no_number(p, value, c->diag);
        *(int64_t *)field = number;
        return 0;
}

static void integer_format(const Directive *d, const void *field, StrBuf *to) {
        const IntegerParam *p = d->param ? d->param : &any_integer;
        int64_t number = *(const int64_t *)field;
        char digits[32];

        snprintf(digits, sizeof(digits), "%" PRIi64, number);
        type_format_line(d, p->word && number == p->word_value ? p->word : digits, to);
}

static bool u64_equal(const void *a, const void *b) {
        return *(const uint64_t *)a == *(const uint64_t *)b;
}

const Type type_integer = {
        .name = "number",
        .size = sizeof(int64_t),
        .parse = integer_parse,
        .format = integer_format,
        .equal = u64_equal,
};

static int size_field_parse(const Directive *d, const char *value, const ParseContext *c,
                            void *field) {
        const IntegerParam *p = d->param;
        char excerpt[TEXT_EXCERPT_MAX];
        uint64_t size;

        if (!*value)
                return type_reset(d, field);
        if (p && p->word && text_eq(value, p->word)) {
                *(uint64_t *)field = (uint64_t)p->word_value;
                return 0;
        }
        if (size_parse(value, &size) < 0)
                return diag_error(c->diag, -EINVAL,
                                  "\"%s\" is no size; use bytes, or a number with K, M, G or T "
                                  "behind it%s%s",
                                  text_excerpt(value, excerpt), p && p->word ? ", or " : "",
                                  p && p->word ? p->word : "");
        if (p && ((p->min > 0 && size < (uint64_t)p->min) ||
                  (p->max != INT64_MAX && size > (uint64_t)p->max)))
                return diag_error(c->diag, -ERANGE,
                                  "\"%s\" is out of range; use %" PRIi64 " to %" PRIi64 " bytes",
                                  text_excerpt(value, excerpt), p->min, p->max);
        *(uint64_t *)field = size;
        return 0;
}

static void size_field_format(const Directive *d, const void *field, StrBuf *to) {
        const IntegerParam *p = d->param;
        uint64_t size = *(const uint64_t *)field;
        char text[32];

        size_format(size, text);
        type_format_line(d, p && p->word && size == (uint64_t)p->word_value ? p->word : text, to);
}

const Type type_size = {
        .name = "size",
        .size = sizeof(uint64_t),
        .parse = size_field_parse,
        .format = size_field_format,
        .equal = u64_equal,
};

/* "12.5%", "125\u2030", "1250\u2031": hundredths of a percent. */
static int parse_share(const char *value, uint64_t *ret) {
        static const char per_mille[] = "\xe2\x80\xb0", per_myriad[] = "\xe2\x80\xb1";
        size_t length = strlen(value);
        char text[48];
        unsigned share, scale = 1;
        int r;

        if (text_ends_with(value, per_mille) || text_ends_with(value, per_myriad)) {
                scale = text_ends_with(value, per_mille) ? 10 : 100;
                length -= strlen(per_mille);
                if (length + 2 > sizeof(text))
                        return -EINVAL;
                memcpy(text, value, length);
                memcpy(text + length, "%", 2);
                value = text;
        }
        r = number_parse_permyriad(value, &share);
        if (r < 0)
                return r;
        if (share % scale != 0)
                return -EINVAL;
        *ret = share / scale;
        return 0;
}

static const LimitParam plain_limit = { 0 };

static int parse_limit(const LimitParam *p, const char *value, LimitSetting *ret) {
        LimitSetting l = { .set = true };
        int r;

        if (!p->share_only && text_eq(value, "infinity"))
                l.value = SETTING_INFINITY;
        else if (parse_share(value, &l.value) == 0) {
                l.relative = true;
                if (l.value > 10000 && !p->share_only)
                        return -ERANGE;
        } else if (p->share_only)
                return -EINVAL;
        else {
                r = p->count ? number_parse_u64(value, 10, &l.value) : size_parse(value, &l.value);
                if (r < 0)
                        return r;
                if (l.value == SETTING_INFINITY)
                        return -ERANGE;
        }
        if (l.value == 0 && !p->zero_ok)
                return -ERANGE;
        *ret = l;
        return 0;
}

static int limit_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        const LimitParam *p = d->param ? d->param : &plain_limit;
        char excerpt[TEXT_EXCERPT_MAX];
        int r;

        if (!*value)
                return type_reset(d, field);
        r = parse_limit(p, value, field);
        if (r == 0)
                return 0;
        text_excerpt(value, excerpt);
        if (p->share_only)
                return diag_error(c->diag, r,
                                  "\"%s\" is no share of a processor; use a percentage above 0 "
                                  "(200%% are two processors)",
                                  excerpt);
        return diag_error(c->diag, r,
                          "\"%s\" is no limit; use %s, a percentage up to 100%%, or infinity%s",
                          excerpt, p->count ? "a number" : "a size such as 512M",
                          p->zero_ok ? "" : ", and more than 0");
}

static void limit_format(const Directive *d, const void *field, StrBuf *to) {
        const LimitParam *p = d->param ? d->param : &plain_limit;
        const LimitSetting *l = field;
        char text[48];

        if (!l->set)
                text[0] = '\0';
        else if (!l->relative && l->value == SETTING_INFINITY)
                strcpy(text, "infinity");
        else if (l->relative && l->value % 100 == 0)
                snprintf(text, sizeof(text), "%" PRIu64 "%%", l->value / 100);
        else if (l->relative)
                snprintf(text, sizeof(text), "%" PRIu64 ".%02" PRIu64 "%%", l->value / 100,
                         l->value % 100);
        else if (p->count)
                snprintf(text, sizeof(text), "%" PRIu64, l->value);
        else
                size_format(l->value, text);
        type_format_line(d, text, to);
}

static bool limit_equal(const void *a, const void *b) {
        const LimitSetting *x = a, *y = b;

        return x->set == y->set && x->relative == y->relative && x->value == y->value;
}

const Type type_limit = {
        .name = "limit",
        .size = sizeof(LimitSetting),
        .parse = limit_parse,
        .format = limit_format,
        .equal = limit_equal,
};

static int mode_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        char excerpt[TEXT_EXCERPT_MAX];
        mode_t mode;

        if (!*value)
                return type_reset(d, field);
        if (number_parse_mode(value, &mode) < 0)
                return diag_error(c->diag, -EINVAL,
                                  "\"%s\" is no access mode; use octal digits from 0000 to 7777, "
                                  "such as 0755",
                                  text_excerpt(value, excerpt));
        *(mode_t *)field = mode;
        return 0;
}

static void mode_format(const Directive *d, const void *field, StrBuf *to) {
        char text[16];

        snprintf(text, sizeof(text), "%04o", (unsigned)*(const mode_t *)field);
        type_format_line(d, text, to);
}

static bool mode_equal(const void *a, const void *b) {
        return *(const mode_t *)a == *(const mode_t *)b;
}

const Type type_mode = {
        .name = "access mode",
        .size = sizeof(mode_t),
        .parse = mode_parse,
        .format = mode_format,
        .equal = mode_equal,
};
