/*
 * Text, and lists of words, each checked by what the row's param names.
 */
#include "base/strv.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/param.h"
#include "units/types.h"

static const WordsParam plain_words = { 0 };

static const WordsParam *param_of(const Directive *d) {
        return d->param ? d->param : &plain_words;
}

/* Expands and checks: a new string in *RET. */
static int take_text(const Directive *d, const char *text, const ParseContext *c, char **ret) {
        const WordsParam *p = param_of(d);
        _cleanup_free_ char *expanded = NULL;
        int r = type_expand(d, text, c, &expanded);

        if (r < 0)
                return r;
        if (!p->quoted) {
                r = type_check_text(expanded, c->diag);
                if (r < 0)
                        return r;
        }
        r = p->check ? p->check(expanded, c->diag) : 0;
        if (r < 0)
                return r;
        *ret = TAKE_PTR(expanded);
        return 0;
}

static int string_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        char *text, **slot = field;
        int r;

        if (!*value)
                return type_reset(d, field);
        r = take_text(d, value, c, &text);
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

static int add_word(const Directive *d, const char *word, const ParseContext *c, void *field) {
        char *text;
        int r = take_text(d, word, c, &text);

        return r < 0 ? r : strv_push(field, text);
}

/* Words that one character parts, "a:b::c": empty ones do not count. */
static int add_parted(const Directive *d, const char *value, const ParseContext *c, void *field) {
        int first_error = 0;

        for (;;) {
                _cleanup_free_ char *word = NULL;
                int r = word_next(&value, param_of(d)->separators, WORD_RETAIN_ESCAPE, &word);

                if (r <= 0)
                        return r < 0 ? r : first_error;
                r = add_word(d, word, c, field);
                if (r == -ENOMEM)
                        return r;
                if (r < 0 && first_error == 0)
                        first_error = r;
        }
}

static int words_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        const WordsParam *p = param_of(d);

        if (!*value)
                return type_reset(d, field);
        if (p->one && !p->quoted)
                return add_word(d, value, c, field);
        if (p->separators)
                return add_parted(d, value, c, field);
        return type_each_word(d, value,
                              p->quoted ? WORD_UNQUOTE | WORD_CUNESCAPE : WORD_RETAIN_ESCAPE, c,
                              field, add_word);
}

static void words_format(const Directive *d, const void *field, StrBuf *to) {
        const WordsParam *p = param_of(d);
        char *const *words = *(char **const *)field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        STRV_FOREACH(word, words) {
                if (p->quoted)
                        type_add_word(d, *word, "", &line);
                else
                        type_add_literal(d, *word, &line);
                if (!word[1])
                        break;
                if (p->one)
                        type_format_taken(d, &line, to);
                else
                        strbuf_add_char(&line, p->separators ? p->separators[0] : ' ');
        }
        type_format_taken(d, &line, to);
}

static bool words_equal(const void *a, const void *b) {
        return strv_equal(*(char **const *)a, *(char **const *)b);
}

static void words_done(void *field) {
        char ***slot = field;

        strv_free(*slot);
        *slot = NULL;
}

const Type type_words = {
        .name = "words",
        .size = sizeof(char **),
        .parse = words_parse,
        .format = words_format,
        .equal = words_equal,
        .done = words_done,
};
