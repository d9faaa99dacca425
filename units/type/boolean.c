/*
 * Booleans, in all the spellings of systemd.syntax(7).
 */
#include "base/text.h"
#include "units/directive.h"
#include "units/types.h"

static int boolean_parse(const Directive *d, const char *value, const ParseContext *c,
                         void *field) {
        char excerpt[TEXT_EXCERPT_MAX];
        int r;

        if (!*value)
                return type_reset(d, field);
        r = type_parse_boolean(value);
        if (r < 0)
                return diag_error(c->diag, -EINVAL, "\"%s\" is no boolean; use yes or no",
                                  text_excerpt(value, excerpt));
        *(bool *)field = r;
        return 0;
}

static void boolean_format(const Directive *d, const void *field, StrBuf *to) {
        type_format_line(d, *(const bool *)field ? "yes" : "no", to);
}

static bool boolean_equal(const void *a, const void *b) {
        return *(const bool *)a == *(const bool *)b;
}

const Type type_boolean = {
        .name = "boolean",
        .size = sizeof(bool),
        .parse = boolean_parse,
        .format = boolean_format,
        .equal = boolean_equal,
};
