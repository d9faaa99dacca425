/*
 * SuccessExitStatus= and its kin: systemd.service(5). Numbers are exit statuses and
 * never signals; these have names. What is written back keeps to that.
 */
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/names.h"
#include "units/setting.h"
#include "units/signal-name.h"
#include "units/types.h"

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
        if (n < 1 || n > 64)
                return say_no_status(word, c->diag);
        set->signals |= UINT64_C(1) << (n - 1);
        return 0;
}

static int exit_statuses_parse(const Directive *d, const char *value, const ParseContext *c,
                               void *field) {
        if (!*value)
                return type_reset(d, field);
        return type_each_word(d, value, c, field,
                              &(const TypeWords){ WORD_RETAIN_ESCAPE, add_status });
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
