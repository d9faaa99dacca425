/*
 * Sizes in bytes, in steps of 1024: units/size.h.
 */
#include <inttypes.h>

#include "base/text.h"
#include "units/directive.h"
#include "units/param.h"
#include "units/size.h"
#include "units/types.h"

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
        .equal = type_equal_u64,
};
