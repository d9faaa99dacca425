/*
 * Numbers that have names: signals, exit statuses, errors. Names are what
 * people write and what is written back, save for exit statuses, where a number
 * is never mistaken for a signal.
 */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/names.h"
#include "units/setting.h"
#include "units/signal-name.h"
#include "units/types.h"

static bool int_equal(const void *a, const void *b) {
        return *(const int *)a == *(const int *)b;
}

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
        .equal = int_equal,
};

/* 0 to 255, or its name in systemd.exec(5); -ENOENT. */
static int find_status(const char *word) {
        uint32_t n;

        if (number_parse_u32(word, 10, &n) == 0)
                return n <= 255 ? (int)n : -ENOENT;
        return names_find(&names_exit_statuses, word);
}

static int say_no_status(const char *word, Diag *diag) {
        const char *status = names_nearest(&names_exit_statuses, word);
        const char *signal = names_nearest(&names_signals, word);
        char excerpt[TEXT_EXCERPT_MAX];

        text_excerpt(word, excerpt);
        if (signal || status)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is neither an exit status nor a signal; did you mean "
                                  "%s%s?",
                                  excerpt, signal ? "SIG" : "", signal ? signal : status);
        return diag_error(diag, -EINVAL,
                          "\"%s\" is neither an exit status nor a signal; use a number from 0 to "
                          "255, or a name such as TEMPFAIL or SIGKILL",
                          excerpt);
}

static int add_status(const Directive *d, const char *word, const ParseContext *c, void *field) {
        ExitStatusSet *set = field;
        uint32_t digits;
        int n = find_status(word);

        if (n >= 0) {
                set->codes[n / 64] |= UINT64_C(1) << (n % 64);
                return 0;
        }
        n = number_parse_u32(word, 10, &digits) == -EINVAL ? signal_name_find(word) : -ENOENT;
        if (n < 0 || n > 64)
                return say_no_status(word, c->diag);
        set->signals |= UINT64_C(1) << (n - 1);
        return 0;
}

static int exit_statuses_parse(const Directive *d, const char *value, const ParseContext *c,
                               void *field) {
        if (!*value)
                return type_reset(d, field);
        return type_each_word(d, value, WORD_RETAIN_ESCAPE, c, field, add_status);
}

static void exit_statuses_format(const Directive *d, const void *field, StrBuf *to) {
        const ExitStatusSet *set = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };
        char name[SIGNAL_NAME_MAX];

        for (int n = 0; n < 256; n++)
                if (set->codes[n / 64] & UINT64_C(1) << (n % 64))
                        strbuf_addf(&line, "%s%d", line.length > 0 ? " " : "", n);
        for (int n = 1; n <= 64; n++)
                if (set->signals & UINT64_C(1) << (n - 1))
                        strbuf_addf(&line, "%s%s", line.length > 0 ? " " : "",
                                    signal_name_format(n, name));
        type_format_taken(d, &line, to);
}

static bool exit_statuses_equal(const void *a, const void *b) {
        const ExitStatusSet *x = a, *y = b;

        return memcmp(x->codes, y->codes, sizeof(x->codes)) == 0 && x->signals == y->signals;
}

const Type type_exit_statuses = {
        .name = "exit statuses",
        .size = sizeof(ExitStatusSet),
        .parse = exit_statuses_parse,
        .format = exit_statuses_format,
        .equal = exit_statuses_equal,
};

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
        .equal = int_equal,
};
