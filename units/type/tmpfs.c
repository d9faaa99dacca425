/*
 * TemporaryFileSystem=: systemd.exec(5). A path, and behind a colon the options of
 * the mount, which may contain colons themselves.
 */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/setting.h"
#include "units/types.h"

/* The options behind the first colon are taken as they stand, without specifiers. */
static int add_tmpfs(const Directive *d, const char *word, const ParseContext *c, void *field) {
        _cleanup_free_ char *first = NULL, *path = NULL, *options = NULL;
        TmpfsList *list = field;
        int r;

        r = word_next(&word, ":", WORD_DONT_COALESCE_SEPARATORS, &first);
        if (r < 0)
                return r == -ENOMEM ? r : diag_error(c->diag, r, "a backslash stands at the end");
        r = type_take_path(d, first ? first : "", TYPE_PATH_ABSOLUTE, c, &path);
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
        r = ARRAY_GROW(list->items, list->n);
        if (r < 0)
                return r;
        list->items[list->n++] = (TmpfsSetting){ TAKE_PTR(path), TAKE_PTR(options) };
        return 0;
}

static int tmpfs_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        if (!*value)
                return type_reset(d, field);
        return type_each_word(d, value, c, field, &(const TypeWords){ WORD_UNQUOTE, add_tmpfs });
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
