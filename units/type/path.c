/*
 * Paths: one, or a list of them with the prefixes that systemd.exec(5) gives to
 * ReadOnlyPaths= and its kin. "-" says that the path may be missing, "+" that it
 * begins at the unit's own root directory.
 */
#include "base/array.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/param.h"
#include "units/setting.h"
#include "units/types.h"

static const PathParam plain_path = { 0 };

static TypePathKind kind_of(const PathParam *p) {
        return p->relative_ok ? TYPE_PATH_ANY : TYPE_PATH_ABSOLUTE;
}

static int path_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        const PathParam *p = d->param ? d->param : &plain_path;
        char *path, **slot = field;
        int r;

        if (!*value)
                return type_reset(d, field);
        r = type_take_path(d, value, kind_of(p), c, &path);
        if (r < 0)
                return r;
        free(*slot);
        *slot = path;
        return 0;
}

static void path_format(const Directive *d, const void *field, StrBuf *to) {
        const char *path = *(char *const *)field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        if (path)
                type_add_literal(d, path, &line);
        type_format_taken(d, &line, to);
}

static bool path_equal(const void *a, const void *b) {
        return text_eq_or_null(*(char *const *)a, *(char *const *)b);
}

static void path_done(void *field) {
        char **slot = field;

        free(*slot);
        *slot = NULL;
}

const Type type_path = {
        .name = "path",
        .size = sizeof(char *),
        .parse = path_parse,
        .format = path_format,
        .equal = path_equal,
        .done = path_done,
};

static int add_path(const Directive *d, const char *word, const ParseContext *c, void *field) {
        const PathParam *p = d->param ? d->param : &plain_path;
        _cleanup_free_ char *path = NULL;
        PathList *list = field;
        bool ignore_missing = *word == '-', in_root;
        int r;

        word += ignore_missing;
        in_root = *word == '+';
        word += in_root;
        r = type_take_path(d, word, kind_of(p), c, &path);
        if (r < 0)
                return r;
        r = ARRAY_GROW(list->items, list->n);
        if (r < 0)
                return r;
        list->items[list->n++] = (PathSetting){ TAKE_PTR(path), ignore_missing, in_root };
        return 0;
}

static int paths_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        if (!*value)
                return type_reset(d, field);
        return type_each_word(d, value, c, field, &(const TypeWords){ WORD_UNQUOTE, add_path });
}

static void paths_format(const Directive *d, const void *field, StrBuf *to) {
        const PathList *list = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        for (size_t i = 0; i < list->n; i++) {
                const PathSetting *p = &list->items[i];

                strbuf_addf(&line, "%s%s%s", i > 0 ? " " : "", p->ignore_missing ? "-" : "",
                            p->in_root ? "+" : "");
                type_add_word(d, p->path, "", &line);
        }
        type_format_taken(d, &line, to);
}

static bool paths_equal(const void *a, const void *b) {
        const PathList *x = a, *y = b;

        if (x->n != y->n)
                return false;
        for (size_t i = 0; i < x->n; i++)
                if (!text_eq(x->items[i].path, y->items[i].path) ||
                    x->items[i].ignore_missing != y->items[i].ignore_missing ||
                    x->items[i].in_root != y->items[i].in_root)
                        return false;
        return true;
}

static void paths_done(void *field) {
        PathList *list = field;

        for (size_t i = 0; i < list->n; i++)
                free(list->items[i].path);
        free(list->items);
        *list = (PathList){ 0 };
}

const Type type_paths = {
        .name = "paths",
        .size = sizeof(PathList),
        .parse = paths_parse,
        .format = paths_format,
        .equal = paths_equal,
        .done = paths_done,
};
