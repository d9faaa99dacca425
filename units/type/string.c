/*
 * Text, taken as it stands, and checked by what the row's param names.
 */
#include "base/text.h"
#include "units/directive.h"
#include "units/types.h"

static int string_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        char *text, **slot = field;
        int r;

        if (!*value)
                return type_reset(d, field);
        r = type_take_text(d, value, c, &text);
        if (r < 0)
                return r;
        free(*slot);
        *slot = text;
        return 0;
}

static void string_format(const Directive *d, const void *field, StrBuf *to) {
        const char *text = *(char *const *)field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        if (text)
                type_add_literal(d, text, &line);
        type_format_taken(d, &line, to);
}

static bool string_equal(const void *a, const void *b) {
        return text_eq_or_null(*(char *const *)a, *(char *const *)b);
}

static void string_done(void *field) {
        char **slot = field;

        free(*slot);
        *slot = NULL;
}

const Type type_string = {
        .name = "text",
        .size = sizeof(char *),
        .parse = string_parse,
        .format = string_format,
        .equal = string_equal,
        .done = string_done,
};
