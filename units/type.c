/*
 * What all types share: lines, words, specifiers, the rules for paths, and the
 * empty assignment. No function here knows a directive.
 */
#include "units/type.h"

#include <string.h>
#include <strings.h>

#include "base/path.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/param.h"
#include "units/specifier.h"
#include "units/unit-text.h"

void type_format_line(const Directive *d, const char *value, StrBuf *to) {
        strbuf_addf(to, "%s=%s\n", d->name, value);
}

void type_format_taken(const Directive *d, StrBuf *value, StrBuf *to) {
        if (value->error < 0)
                to->error = value->error;
        else
                type_format_line(d, value->text ? value->text : "", to);
        strbuf_done(value);
}

int type_expand(const Directive *d, const char *text, const ParseContext *c, char **ret) {
        char *copy;

        if (!(d->flags & LITERAL))
                return specifier_expand(c->specifiers, text, c->diag, ret);
        copy = strdup(text);
        if (!copy)
                return -ENOMEM;
        *ret = copy;
        return 0;
}

int type_reset(const Directive *d, void *field) {
        static const ParseContext nobody = { 0 };

        if (d->type->done)
                d->type->done(field);
        memset(field, 0, d->type->size);
        return d->initial && *d->initial ? d->type->parse(d, d->initial, &nobody, field) : 0;
}

static void add_percent(const Directive *d, char c, StrBuf *to) {
        if (c == '%' && !(d->flags & LITERAL))
                strbuf_add_char(to, '%');
        strbuf_add_char(to, c);
}

void type_add_literal(const Directive *d, const char *text, StrBuf *to) {
        for (; *text; text++)
                add_percent(d, *text, to);
}

void type_add_word(const Directive *d, const char *word, const char *extra, StrBuf *to) {
        _cleanup_free_ char *quoted = NULL;

        if (word_quote(word, &quoted) < 0) {
                to->error = -ENOMEM;
                return;
        }
        if (quoted[0] != '"' && strpbrk(word, extra)) {
                strbuf_add_char(to, '"');
                type_add_literal(d, quoted, to);
                strbuf_add_char(to, '"');
        } else
                type_add_literal(d, quoted, to);
}

int type_each_word(const Directive *d, const char *value, const ParseContext *c, void *field,
                   const TypeWords *how) {
        int first_error = 0;

        for (;;) {
                _cleanup_free_ char *word = NULL;
                int r = word_next_lenient(&value, NULL, how->flags, &word, c->diag);

                if (r < 0)
                        return r;
                if (r == 0)
                        return first_error;
                r = how->one(d, word, c, field);
                if (r == -ENOMEM)
                        return r;
                if (r < 0 && first_error == 0)
                        first_error = r;
        }
}

int type_take_text(const Directive *d, const char *text, const ParseContext *c, char **ret) {
        const WordsParam *p = d->param;
        _cleanup_free_ char *expanded = NULL;
        int r = type_expand(d, text, c, &expanded);

        if (r >= 0 && !(p && p->quoted))
                r = type_check_text(expanded, c->diag);
        if (r >= 0 && p && p->check)
                r = p->check(expanded, c->diag);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(expanded);
        return 0;
}

static bool is_unit_text(const char *s) {
        size_t length = strlen(s);

        for (size_t i = 0, n; i < length; i += n) {
                n = unit_text_character(s + i, length - i);
                if (n == 0)
                        return false;
        }
        return true;
}

int type_check_text(const char *text, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];

        if (text_has_control(text))
                return diag_error(diag, -EINVAL,
                                  "\"%s\" contains a control character, such as a line break; "
                                  "leave it out",
                                  text_excerpt(text, excerpt));
        if (!is_unit_text(text))
                return diag_error(diag, -EINVAL, "the value is not valid UTF-8");
        if (text_ends_with(text, "\\"))
                return diag_error(diag, -EINVAL,
                                  "\"%s\" ends in a backslash, which would join the next line to "
                                  "it; leave it out",
                                  text_excerpt(text, excerpt));
        return 0;
}

int type_check_path(char *path, TypePathKind kind, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];
        int r;

        if (!*path)
                return diag_error(diag, -EINVAL, "the path is empty");
        r = type_check_text(path, diag);
        if (r < 0)
                return r;
        text_excerpt(path, excerpt);
        if (kind == TYPE_PATH_ABSOLUTE && !path_is_absolute(path))
                return diag_error(diag, -EINVAL, "\"%s\" is no absolute path; begin it with \"/\"",
                                  excerpt);
        if (kind == TYPE_PATH_RELATIVE && path_is_absolute(path))
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is an absolute path; write it without the \"/\" at its "
                                  "beginning, relative to the directory that the directive means",
                                  excerpt);
        path_simplify(path);
        if (!path_is_valid(path))
                return diag_error(diag, -ENAMETOOLONG,
                                  "the path \"%s\" is longer than the kernel allows", excerpt);
        if (!path_is_normalised(path))
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is not allowed to contain \"..\"; write the path that "
                                  "is meant in full",
                                  excerpt);
        return 0;
}

int type_take_path(const Directive *d, const char *text, TypePathKind kind, const ParseContext *c,
                   char **ret) {
        _cleanup_free_ char *path = NULL;
        int r = type_expand(d, text, c, &path);

        if (r >= 0)
                r = type_check_path(path, kind, c->diag);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(path);
        return 0;
}

int type_parse_boolean(const char *value) {
        static const char *const words[][2] = {
                { "no", "yes" }, { "false", "true" }, { "off", "on" },
                { "0", "1" },    { "n", "y" },        { "f", "t" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
                for (int truth = 0; truth <= 1; truth++)
                        if (strcasecmp(value, words[i][truth]) == 0)
                                return truth;
        return -EINVAL;
}

bool type_equal_int(const void *a, const void *b) {
        return *(const int *)a == *(const int *)b;
}

bool type_equal_u64(const void *a, const void *b) {
        return *(const uint64_t *)a == *(const uint64_t *)b;
}
