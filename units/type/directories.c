/*
 * StateDirectory= and its kin: systemd.exec(5). Names below a directory that
 * the supervisor knows, each with any number of symbolic links to it.
 */
#include <string.h>

#include "base/array.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/param.h"
#include "units/setting.h"
#include "units/types.h"

/* Far more than anybody means; looking for equal names takes a step for each pair. */
enum { NAMES_MAX = 4096 };

static int take_name(const Directive *d, const char *word, const ParseContext *c, char **ret) {
        _cleanup_free_ char *name = NULL;
        int r = type_take_path(d, word, TYPE_PATH_RELATIVE, c, &name);

        if (r < 0)
                return r;
        if (text_eq(name, "."))
                return diag_error(c->diag, -EINVAL, "the directory's name is empty");
        *ret = TAKE_PTR(name);
        return 0;
}

/* The entry for PATH, a new one if need be, or NULL for want of memory. Takes *PATH over. */
static DirectorySetting *entry_for(DirectoryList *list, char **path) {
        for (size_t i = 0; i < list->n; i++)
                if (text_eq(list->items[i].path, *path))
                        return &list->items[i];
        if (ARRAY_GROW(list->items, list->n) < 0)
                return NULL;
        list->items[list->n] = (DirectorySetting){ .path = TAKE_PTR(*path) };
        return &list->items[list->n++];
}

static int add_entry(DirectoryList *list, char **path, char **link) {
        DirectorySetting *entry = entry_for(list, path);

        if (!entry)
                return -ENOMEM;
        if (!*link || strv_contains(entry->symlinks, *link))
                return 0;
        return strv_push(&entry->symlinks, TAKE_PTR(*link));
}

static int split_word(const char *word, Diag *diag, char **ret_name, char **ret_link) {
        static const WordFlags flags = WORD_CUNESCAPE | WORD_UNESCAPE_SEPARATORS;
        char excerpt[TEXT_EXCERPT_MAX];
        _cleanup_free_ char *name = NULL, *link = NULL;
        const char *p = word;
        int r = word_next(&p, ":", flags, &name);

        if (r > 0)
                r = word_next(&p, ":", flags, &link);
        if (r == -ENOMEM)
                return r;
        if (r < 0 || !name || !text_is_empty(p))
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is no directory; use a name, or name:symlink",
                                  text_excerpt(word, excerpt));
        *ret_name = TAKE_PTR(name);
        *ret_link = TAKE_PTR(link);
        return 0;
}

static int add_directory(const Directive *d, const char *word, const ParseContext *c, void *field) {
        const DirectoriesParam *p = d->param;
        _cleanup_free_ char *name = NULL, *link = NULL, *path = NULL, *symlink = NULL;
        int r = split_word(word, c->diag, &name, &link);

        if (r < 0)
                return r;
        r = take_name(d, name, c, &path);
        if (r < 0)
                return r;
        if (path_after(path, "private"))
                return diag_error(c->diag, -EINVAL,
                                  "\"private\" is where the directories of dynamic users are kept; "
                                  "use another name");
        if (!text_is_empty(link)) {
                if (p && p->no_symlinks)
                        return diag_error(c->diag, -EINVAL,
                                          "this directory takes no symbolic link; leave \":%s\" "
                                          "out",
                                          link);
                r = take_name(d, link, c, &symlink);
                if (r < 0)
                        return r;
        }
        if (((const DirectoryList *)field)->n >= NAMES_MAX)
                return diag_error(c->diag, -E2BIG,
                                  "there are more than %d directories; name one above them",
                                  NAMES_MAX);
        return add_entry(field, &path, &symlink);
}

static int directories_parse(const Directive *d, const char *value, const ParseContext *c,
                             void *field) {
        if (!*value)
                return type_reset(d, field);
        return type_each_word(
                d, value, c, field,
                &(const TypeWords){ WORD_UNQUOTE | WORD_RETAIN_ESCAPE, add_directory });
}

/* Escapes alone, since quotes and backslashes are read by two different rules here. */
static void add_name(const Directive *d, const char *name, StrBuf *line) {
        for (; *name; name++)
                if (strchr(WHITESPACE "\"'\\:", *name))
                        strbuf_addf(line, "\\x%02x", (unsigned char)*name);
                else
                        type_add_literal(d, (char[]){ *name, '\0' }, line);
}

static void add_directory_text(const Directive *d, const DirectorySetting *s, StrBuf *line) {
        if (!s->symlinks)
                add_name(d, s->path, line);
        STRV_FOREACH(link, s->symlinks) {
                if (link != s->symlinks)
                        strbuf_add_char(line, ' ');
                add_name(d, s->path, line);
                strbuf_add_char(line, ':');
                add_name(d, *link, line);
        }
}

static void directories_format(const Directive *d, const void *field, StrBuf *to) {
        const DirectoryList *list = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        for (size_t i = 0; i < list->n; i++) {
                strbuf_add(&line, i > 0 ? " " : "");
                add_directory_text(d, &list->items[i], &line);
        }
        type_format_taken(d, &line, to);
}

static bool directories_equal(const void *a, const void *b) {
        const DirectoryList *x = a, *y = b;

        if (x->n != y->n)
                return false;
        for (size_t i = 0; i < x->n; i++)
                if (!text_eq(x->items[i].path, y->items[i].path) ||
                    !strv_equal(x->items[i].symlinks, y->items[i].symlinks))
                        return false;
        return true;
}

static void directories_done(void *field) {
        DirectoryList *list = field;

        for (size_t i = 0; i < list->n; i++) {
                free(list->items[i].path);
                strv_free(list->items[i].symlinks);
        }
        free(list->items);
        *list = (DirectoryList){ 0 };
}

const Type type_directories = {
        .name = "directories",
        .size = sizeof(DirectoryList),
        .parse = directories_parse,
        .format = directories_format,
        .equal = directories_equal,
        .done = directories_done,
};
