/*
 * SystemCallErrorNumber=: systemd.exec(5). The name of an error, its number, or "kill".
 */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/types.h"

enum { ERRNO_MAX = 4095 }; /* what a seccomp filter can return */

/* The C library's table is the only one that is complete; it has gaps, not an end. */
static int find_errno(const char *word) {
        uint32_t n;

        if (number_parse_u32(word, 10, &n) == 0)
                return n > 0 && n <= ERRNO_MAX ? (int)n : -ENOENT;
        for (int i = 1; i < 256; i++) {
                const char *name = strerrorname_np(i);

                if (name && text_eq(name, word))
                        return i;
        }
        return -ENOENT;
}

static int errno_number_parse(const Directive *d, const char *value, const ParseContext *c,
                              void *field) {
        char excerpt[TEXT_EXCERPT_MAX];
        int number;

        if (!*value)
                return type_reset(d, field);
        number = text_eq(value, "kill") ? 0 : find_errno(value);
        if (number < 0)
                return diag_error(c->diag, -EINVAL,
                                  "\"%s\" is no error; use a name such as EPERM, a number from 1 "
                                  "to %d, or kill",
                                  text_excerpt(value, excerpt), ERRNO_MAX);
        *(int *)field = number;
        return 0;
}

static void errno_number_format(const Directive *d, const void *field, StrBuf *to) {
        int number = *(const int *)field;
        const char *name = number > 0 ? strerrorname_np(number) : "kill";
        char digits[16];

        snprintf(digits, sizeof(digits), "%d", number);
        type_format_line(d, name ? name : digits, to);
}

const Type type_errno_number = {
        .name = "error",
        .size = sizeof(int),
        .parse = errno_number_parse,
        .format = errno_number_format,
        .equal = type_equal_int,
};
