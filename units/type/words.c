/*
 * Lists of words, each checked by what the row's param names. The param also says
 * where a word ends.
 */
#include "base/strv.h"
#include "units/directive.h"
#include "units/param.h"
#include "units/types.h"

static const WordsParam plain_words = { 0 };

static const WordsParam *param_of(const Directive *d) {
        return d->param ? d->param : &plain_words;
}

static int add_word(const Directive *d, const char *word, const ParseContext *c, void *field) {
        char *text;
        int r = type_take_text(d, word, c, &text);

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
        return type_each_word(
                d, value, c, field,
                &(const TypeWords){ p->quoted ? WORD_UNQUOTE | WORD_CUNESCAPE : WORD_RETAIN_ESCAPE,
                                    add_word });
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
