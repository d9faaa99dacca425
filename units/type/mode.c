/*
 * Access modes in octal digits.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "base/number.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/types.h"

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
