/*
 * BindPaths= and TemporaryFileSystem=: systemd.exec(5). A colon parts what
 * belongs to one mount; quotes or a backslash take that meaning from it.
 */
#include <string.h>

#include "base/text.h"
#include "units/directive.h"
#include "units/setting.h"
#include "units/types.h"

static void bind_done(BindSetting *b) {
        free(b->source);
        free(b->destination);
}

/* One part of "source:destination:options", checked as a path. */
static int take_path(const Directive *d, const char *word, const ParseContext *c, char **ret) {
        _cleanup_free_ char *path = NULL;
        int r = type_expand(d, word, c, &path);

        if (r < 0)
                return r;
        r = type_check_path(path, TYPE_PATH_ABSOLUTE, c->diag);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(path);
        return 0;
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
        r = take_path(d, w->source + b.ignore_missing, c, &b.source);
        if (r < 0)
                return r;
        r = take_path(d, w->destination ? w->destination : w->source + b.ignore_missing, c,
                      &b.destination);
        if (r < 0)
                return r;
        r = w->options ? take_options(w->options, &b.recursive, c->diag) : 0;
        if (r < 0)
                return r;
        r = type_list_grow(&list->items, list->n, sizeof(BindSetting));
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

/* The options behind the first colon are taken as they stand, without specifiers. */
static int add_tmpfs(const Directive *d, const char *word, const ParseContext *c, void *field) {
        _cleanup_free_ char *first = NULL, *path = NULL, *options = NULL;
        TmpfsList *list = field;
        int r;

        r = word_next(&word, ":", WORD_DONT_COALESCE_SEPARATORS, &first);
        if (r < 0)
                return r == -ENOMEM ? r : diag_error(c->diag, r, "a backslash stands at the end");
        r = take_path(d, first ? first : "", c, &path);
        if (r < 0)
                return r;
        if (!text_is_empty(word)) {
                r = type_check_text(word, c->diag);
                if (r < 0)
                        return r;
                options = strdup(word);
                if (!options)
                        return -ENOMEM;
        }
        r = type_list_grow(&list->items, list->n, sizeof(TmpfsSetting));
        if (r < 0)
                return r;
        list->items[list->n++] = (TmpfsSetting){ TAKE_PTR(path), TAKE_PTR(options) };
        return 0;
}

static int tmpfs_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        if (!*value)
                return type_reset(d, field);
        return type_each_word(d, value, WORD_UNQUOTE, c, field, add_tmpfs);
}

/* The path is read twice, as a word and as what precedes the colon. */
static void add_tmpfs_text(const Directive *d, const TmpfsSetting *t, StrBuf *line) {
        _cleanup_(strbuf_done) StrBuf word = { 0 };
        _cleanup_free_ char *quoted = NULL, *text = NULL;

        for (const char *p = t->path; *p; p++) {
                if (*p == ':' || *p == '\\')
                        strbuf_add_char(&word, '\\');
                type_add_literal(d, (char[]){ *p, '\0' }, &word);
        }
        if (t->options)
                strbuf_addf(&word, ":%s", t->options);
        if (strbuf_take(&word, &text) < 0 || word_quote(text, &quoted) < 0) {
                line->error = -ENOMEM;
                return;
        }
        strbuf_add(line, quoted);
}

static void tmpfs_format(const Directive *d, const void *field, StrBuf *to) {
        const TmpfsList *list = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        for (size_t i = 0; i < list->n; i++) {
                strbuf_add(&line, i > 0 ? " " : "");
                add_tmpfs_text(d, &list->items[i], &line);
        }
        type_format_taken(d, &line, to);
}

static bool tmpfs_equal(const void *a, const void *b) {
        const TmpfsList *x = a, *y = b;

        if (x->n != y->n)
                return false;
        for (size_t i = 0; i < x->n; i++)
                if (!text_eq(x->items[i].path, y->items[i].path) ||
                    !text_eq_or_null(x->items[i].options, y->items[i].options))
                        return false;
        return true;
}

static void tmpfs_done(void *field) {
        TmpfsList *list = field;

        for (size_t i = 0; i < list->n; i++) {
                free(list->items[i].path);
                free(list->items[i].options);
        }
        free(list->items);
        *list = (TmpfsList){ 0 };
}

const Type type_tmpfs = {
        .name = "temporary file systems",
        .size = sizeof(TmpfsList),
        .parse = tmpfs_parse,
        .format = tmpfs_format,
        .equal = tmpfs_equal,
        .done = tmpfs_done,
};
