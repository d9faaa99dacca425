/*
 * Signals, by name or number: units/signal-name.h.
 */
#include "units/directive.h"
#include "units/signal-name.h"
#include "units/types.h"

static int signal_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        int number;

        if (!*value)
                return type_reset(d, field);
        number = signal_name_parse(value, c->diag);
        if (number < 0)
                return number;
        *(int *)field = number;
        return 0;
}

static void signal_format(const Directive *d, const void *field, StrBuf *to) {
        int number = *(const int *)field;
        char name[SIGNAL_NAME_MAX];

        type_format_line(d, number > 0 ? signal_name_format(number, name) : "", to);
}

const Type type_signal = {
        .name = "signal",
        .size = sizeof(int),
        .parse = signal_parse,
        .format = signal_format,
        .equal = type_equal_int,
};
