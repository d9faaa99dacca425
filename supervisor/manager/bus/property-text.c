/*
 * A function for each signature. "%" is doubled where it would be a specifier, and words are quoted
 * as unit files want them.
 */
#include "supervisor/manager/bus/property-text.h"

#include <inttypes.h>
#include <string.h>

#include "base/strv.h"
#include "base/text.h"
#include "units/command-line.h"
#include "units/types.h"
#include "units/word.h"

typedef int Read(const Directive *d, sd_bus_message *m, StrBuf *to);

static void add_text(const Directive *d, const char *text, StrBuf *to) {
        for (const char *c = text; *c; c++) {
                if (*c == '%' && !(d->flags & LITERAL))
                        strbuf_add_char(to, '%');
                strbuf_add_char(to, *c);
        }
}

static void add_line(const Directive *d, const char *value, StrBuf *to) {
        strbuf_addf(to, "%s=", d->name);
        add_text(d, value, to);
        strbuf_add_char(to, '\n');
}

static int add_word(const Directive *d, const char *word, StrBuf *to) {
        _cleanup_free_ char *quoted = NULL;
        int r = word_quote(word, &quoted);

        if (r >= 0)
                add_text(d, quoted, to);
        return r;
}

/* ---- lists ---- */

static int read_words(const Directive *d, sd_bus_message *m, StrBuf *to) {
        _cleanup_strv_ char **words = NULL;
        int r = sd_bus_message_read_strv(m, &words);

        if (r >= 0)
                add_line(d, "", to);
        for (char **word = words; word && *word && r >= 0; word++) {
                strbuf_addf(to, "%s=", d->name);
                r = add_word(d, *word, to);
                strbuf_add_char(to, '\n');
        }
        return r;
}

/* "bas": a list of what is allowed, or of what is not. */
static int read_filter(const Directive *d, sd_bus_message *m, StrBuf *to) {
        _cleanup_strv_ char **words = NULL;
        int allow, r = sd_bus_message_enter_container(m, 'r', "bas");

        if (r >= 0)
                r = sd_bus_message_read(m, "b", &allow);
        if (r >= 0)
                r = sd_bus_message_read_strv(m, &words);
        if (r < 0)
                return r;
        strbuf_addf(to, "%s=%s", d->name, allow ? "" : "~");
        STRV_FOREACH(word, words) {
                add_text(d, *word, to);
                strbuf_add_char(to, ' ');
        }
        strbuf_add_char(to, '\n');
        return sd_bus_message_exit_container(m);
}

/* Pairs of texts: a device and its rights, a directory and its mount options. */
static int read_pairs(const Directive *d, sd_bus_message *m, StrBuf *to) {
        const char *between = d->type == &type_tmpfs ? ":" : " ", *first, *second;
        int r = sd_bus_message_enter_container(m, 'a', "(ss)");

        add_line(d, "", to);
        while (r >= 0 && (r = sd_bus_message_read(m, "(ss)", &first, &second)) > 0) {
                strbuf_addf(to, "%s=", d->name);
                add_text(d, first, to);
                strbuf_add(to, *second ? between : "");
                add_text(d, second, to);
                strbuf_add_char(to, '\n');
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* EnvironmentFile= */
static int read_files(const Directive *d, sd_bus_message *m, StrBuf *to) {
        const char *path;
        int ignore, r = sd_bus_message_enter_container(m, 'a', "(sb)");

        add_line(d, "", to);
        while (r >= 0 && (r = sd_bus_message_read(m, "(sb)", &path, &ignore)) > 0) {
                strbuf_addf(to, "%s=%s", d->name, ignore ? "-" : "");
                add_text(d, path, to);
                strbuf_add_char(to, '\n');
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* ---- commands ---- */

/* The words of ExecStartEx. */
static int take_flags(sd_bus_message *m, Command *c) {
        _cleanup_strv_ char **words = NULL;
        int r = sd_bus_message_read_strv(m, &words);

        c->ignore_failure = strv_contains(words, "ignore-failure");
        c->full_privileges = strv_contains(words, "privileged");
        c->no_setuid = strv_contains(words, "no-setuid");
        c->ambient_or_setuid = strv_contains(words, "ambient");
        c->no_environment = strv_contains(words, "no-env-expand");
        return r;
}

static int add_command(const Directive *d, const Command *c, StrBuf *to) {
        _cleanup_free_ char *text = NULL;
        int r = command_line_format(c, &text);

        if (r >= 0) /* where "%" is written as it must be */
                strbuf_addf(to, "%s=%s\n", d->name, text);
        return r;
}

static int read_command(const Directive *d, const char *shape, sd_bus_message *m, StrBuf *to) {
        _cleanup_(command_line_done) Command c = { 0 };
        const char *path;
        int ignore = 0, r = sd_bus_message_read(m, "s", &path);

        if (r >= 0)
                r = sd_bus_message_read_strv(m, &c.argv);
        if (r >= 0 && text_ends_with(shape, "b"))
                r = sd_bus_message_read(m, "b", &ignore);
        else if (r >= 0)
                r = take_flags(m, &c);
        if (r < 0)
                return r;
        if (text_ends_with(shape, "b"))
                c.ignore_failure = ignore;
        c.path = strdup(path);
        if (!c.path)
                return -ENOMEM;
        if (!c.argv || !*c.argv)
                return -EINVAL;
        return add_command(d, &c, to);
}

static int read_commands(const Directive *d, const char *shape, sd_bus_message *m, StrBuf *to) {
        char inside[16] = "";
        int r;

        /* "sasb" of "a(sasb)" */
        strncat(inside, shape + 2, MIN_OF(strlen(shape) - 3, sizeof(inside) - 1));
        r = sd_bus_message_enter_container(m, 'a',
                                           text_ends_with(inside, "b") ? "(sasb)" : "(sasas)");
        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'r', inside)) > 0) {
                r = read_command(d, inside, m, to);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_simple_commands(const Directive *d, sd_bus_message *m, StrBuf *to) {
        return read_commands(d, "a(sasb)", m, to);
}

static int read_flagged_commands(const Directive *d, sd_bus_message *m, StrBuf *to) {
        return read_commands(d, "a(sasas)", m, to);
}

/* ---- single values ---- */

static int read_u64(const Directive *d, sd_bus_message *m, StrBuf *to) {
        uint64_t value;
        int r = sd_bus_message_read(m, "t", &value);

        if (r < 0)
                return r;
        if (d->type == &type_limit && text_eq(d->name, "CPUQuota")) {
                if (value == UINT64_MAX) /* the empty value takes the limit away */
                        strbuf_addf(to, "%s=\n", d->name);
                else
                        strbuf_addf(to, "%s=%" PRIu64 ".%02u%%\n", d->name, value / 10000,
                                    (unsigned)(value % 10000 / 100));
        } else if (value == UINT64_MAX)
                strbuf_addf(to, "%s=%s\n", d->name, d->type == &type_integer ? "" : "infinity");
        else
                strbuf_addf(to, "%s=%" PRIu64 "%s\n", d->name, value,
                            d->type == &type_time_span ? "us" : "");
        return 0;
}

static int read_u32(const Directive *d, sd_bus_message *m, StrBuf *to) {
        uint32_t value;
        int r = sd_bus_message_read(m, "u", &value);

        strbuf_addf(to, d->type == &type_mode ? "%s=%" PRIo32 "\n" : "%s=%" PRIu32 "\n", d->name,
                    r < 0 ? 0 : value);
        return r;
}

static int read_i32(const Directive *d, sd_bus_message *m, StrBuf *to) {
        int32_t value;
        int r = sd_bus_message_read(m, "i", &value);

        strbuf_addf(to, "%s=%" PRIi32 "\n", d->name, r < 0 ? 0 : value);
        return r;
}

static int read_boolean(const Directive *d, sd_bus_message *m, StrBuf *to) {
        int value, r = sd_bus_message_read(m, "b", &value);

        add_line(d, r >= 0 && value ? "yes" : "no", to);
        return r;
}

static int read_text(const Directive *d, sd_bus_message *m, StrBuf *to) {
        const char *text;
        int r = sd_bus_message_read(m, "s", &text);

        if (r >= 0)
                add_line(d, text, to);
        return r;
}

/* ---- all of them ---- */

int property_text_read(const Directive *d, const char *name, sd_bus_message *m, StrBuf *to) {
        static const struct {
                const char *signature;
                Read *read;
        } rows[] = { { "s", read_text },
                     { "b", read_boolean },
                     { "t", read_u64 },
                     { "u", read_u32 },
                     { "i", read_i32 },
                     { "as", read_words },
                     { "(bas)", read_filter },
                     { "a(ss)", read_pairs },
                     { "a(sb)", read_files },
                     { "a(sasb)", read_simple_commands },
                     { "a(sasas)", read_flagged_commands } };
        const char *signature;
        int r = sd_bus_message_peek_type(m, NULL, &signature);

        for (size_t i = 0; i < ARRAY_SIZE(rows) && r >= 0; i++) {
                if (!text_eq(rows[i].signature, signature))
                        continue;
                r = sd_bus_message_enter_container(m, 'v', signature);
                if (r >= 0)
                        r = rows[i].read(d, m, to);
                return r < 0 ? r : sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : -EOPNOTSUPP;
}

int property_text_check(const Directive *d, const char *text, Diag *diag) {
        size_t n = strlen(d->name);

        for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
                if (strncmp(line, d->name, n) != 0 || line[n] != '=')
                        return diag_error(diag, -EINVAL, "a value must be one line");
                if (line[strcspn(line, "\n") - 1] == '\\')
                        return diag_error(diag, -EINVAL,
                                          "a value must not end in a backslash, "
                                          "which would join the next line");
        }
        return 0;
}
