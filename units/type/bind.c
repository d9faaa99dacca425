/*
 * BindPaths= and its kin: systemd.exec(5). A colon parts what
 * belongs to one mount; quotes or a backslash take that meaning from it.
 */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/setting.h"
#include "units/types.h"

static void bind_done(BindSetting *b) {
        free(b->source);
        free(b->destination);
}

static int take_options(const char *options, bool *ret_recursive, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];

        if (text_eq(options, "norbind"))
                *ret_recursive = false;
        else if (text_eq(options, "rbind") || !*options)
                *ret_recursive = true;
        else
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is no option of a bind mount; use rbind "
                                  "or norbind",
                                  text_excerpt(options, excerpt));
        return 0;
}

/* Words are read although one of them is wrong, so that the next mount begins where it should. */
typedef struct BindWords {
        char *source;
        char *destination; /* NULL: left out */
        char *options;     /* NULL: left out */
} BindWords;

static void bind_words_done(BindWords *w) {
        free(w->source);
        free(w->destination);
        free(w->options);
}

/* Behind a colon follows the next part, even if there is nothing. */
static bool more_follows(const char *begin, const char *at) {
        return at && at > begin && at[-1] == ':';
}

static int read_bind_words(const char **p, Diag *diag, BindWords *w) {
        static const WordFlags flags = WORD_UNQUOTE | WORD_DONT_COALESCE_SEPARATORS;
        const char *begin = *p;
        int r = word_next_lenient(p, ":" WHITESPACE, flags, &w->source, diag);

        if (r <= 0 || !more_follows(begin, *p))
                return r;
        r = word_next_lenient(p, ":" WHITESPACE, flags, &w->destination, diag);
        if (r <= 0 || !more_follows(begin, *p))
                return r < 0 ? r : 1;
        r = word_next_lenient(p, NULL, WORD_UNQUOTE, &w->options, diag);
        return r < 0 ? r : 1;
}

static int add_bind(const Directive *d, const BindWords *w, const ParseContext *c, BindList *list) {
        _cleanup_(bind_done) BindSetting b = { .recursive = true };
        int r;

        b.ignore_missing = w->source[0] == '-';
        r = type_take_path(d, w->source + b.ignore_missing, TYPE_PATH_ABSOLUTE, c, &b.source);
        if (r < 0)
                return r;
        r = type_take_path(d, w->destination ? w->destination : w->source + b.ignore_missing,
                           TYPE_PATH_ABSOLUTE, c, &b.destination);
        if (r < 0)
                return r;
        r = w->options ? take_options(w->options, &b.recursive, c->diag) : 0;
        if (r < 0)
                return r;
        r = ARRAY_GROW(list->items, list->n);
        if (r < 0)
                return r;
        list->items[list->n++] = b;
        b = (BindSetting){ 0 };
        return 0;
}

static int binds_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        int first_error = 0;

        if (!*value)
                return type_reset(d, field);
        for (;;) {
                _cleanup_(bind_words_done) BindWords w = { 0 };
                int r;

                if (value)
                        value += strspn(value, WHITESPACE);
                if (text_is_empty(value))
                        return first_error;
                r = read_bind_words(&value, c->diag, &w);
                if (r < 0)
                        return r;
                r = add_bind(d, &w, c, field);
                if (r == -ENOMEM)
                        return r;
                if (r < 0 && first_error == 0)
                        first_error = r;
        }
}

static void add_mount_text(const Directive *d, const BindSetting *b, StrBuf *line) {
        if (b->ignore_missing)
                strbuf_add_char(line, '-');
        type_add_word(d, b->source, ":", line);
        if (text_eq(b->source, b->destination) && b->recursive)
                return;
        strbuf_add_char(line, ':');
        type_add_word(d, b->destination, ":", line);
        if (!b->recursive)
                strbuf_add(line, ":norbind");
}

static void binds_format(const Directive *d, const void *field, StrBuf *to) {
        const BindList *list = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        for (size_t i = 0; i < list->n; i++) {
                strbuf_add(&line, i > 0 ? " " : "");
                add_mount_text(d, &list->items[i], &line);
        }
        type_format_taken(d, &line, to);
}

static bool binds_equal(const void *a, const void *b) {
        const BindList *x = a, *y = b;

        if (x->n != y->n)
                return false;
        for (size_t i = 0; i < x->n; i++)
                if (!text_eq(x->items[i].source, y->items[i].source) ||
                    !text_eq(x->items[i].destination, y->items[i].destination) ||
                    x->items[i].ignore_missing != y->items[i].ignore_missing ||
                    x->items[i].recursive != y->items[i].recursive)
                        return false;
        return true;
}

static void binds_done(void *field) {
        BindList *list = field;

        for (size_t i = 0; i < list->n; i++)
                bind_done(&list->items[i]);
        free(list->items);
        *list = (BindList){ 0 };
}

const Type type_binds = {
        .name = "bind mounts",
        .size = sizeof(BindList),
        .parse = binds_parse,
        .format = binds_format,
        .equal = binds_equal,
        .done = binds_done,
};
