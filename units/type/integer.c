/*
 * Whole numbers within the bounds of the row's param, or the word that the row
 * allows instead of one.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/number.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/param.h"
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

const Type type_integer = {
        .name = "number",
        .size = sizeof(int64_t),
        .parse = integer_parse,
        .format = integer_format,
        .equal = type_equal_u64,
};
