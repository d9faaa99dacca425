/*
 * Environment= and EnvironmentFile=: systemd.exec(5). Of several assignments to
 * one name the last wins.
 */
#include "units/environment.h"

#include "base/array.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/setting.h"
#include "units/types.h"

static int add_assignment(const Directive *d, const char *word, const ParseContext *c,
                          void *field) {
        _cleanup_free_ char *assignment = NULL;
        int r = type_expand(d, word, c, &assignment);

        if (r < 0)
                return r;
        r = environment_check(assignment, c->diag);
        if (r < 0)
                return r;
        return environment_put(field, TAKE_PTR(assignment));
}

static int environment_parse(const Directive *d, const char *value, const ParseContext *c,
                             void *field) {
        if (!*value)
                return type_reset(d, field);
        return type_each_word(d, value, c, field,
                              &(const TypeWords){ WORD_UNQUOTE | WORD_CUNESCAPE, add_assignment });
}

static void environment_format(const Directive *d, const void *field, StrBuf *to) {
        char *const *list = *(char **const *)field;

        if (!list || !*list)
                type_format_line(d, "", to);
        STRV_FOREACH(assignment, list) {
                _cleanup_(strbuf_done) StrBuf line = { 0 };

                type_add_word(d, *assignment, "", &line);
                type_format_taken(d, &line, to);
        }
}

static bool environment_equal(const void *a, const void *b) {
        return strv_equal(*(char **const *)a, *(char **const *)b);
}

static void environment_done(void *field) {
        char ***list = field;

        strv_free(*list);
        *list = NULL;
}

const Type type_environment = {
        .name = "environment",
        .size = sizeof(char **),
        .parse = environment_parse,
        .format = environment_format,
        .equal = environment_equal,
        .done = environment_done,
};

static int environment_file_parse(const Directive *d, const char *value, const ParseContext *c,
                                  void *field) {
        _cleanup_free_ char *path = NULL;
        EnvironmentFileList *list = field;
        bool ignore_missing = *value == '-';
        int r;

        if (!*value)
                return type_reset(d, field);
        r = type_take_path(d, value + ignore_missing, TYPE_PATH_ABSOLUTE, c, &path);
        if (r < 0)
                return r;
        r = ARRAY_GROW(list->items, list->n);
        if (r < 0)
                return r;
        list->items[list->n++] = (EnvironmentFileSetting){ TAKE_PTR(path), ignore_missing };
        return 0;
}

static void environment_file_format(const Directive *d, const void *field, StrBuf *to) {
        const EnvironmentFileList *list = field;

        if (list->n == 0)
                type_format_line(d, "", to);
        for (size_t i = 0; i < list->n; i++) {
                _cleanup_(strbuf_done) StrBuf line = { 0 };

                strbuf_add(&line, list->items[i].ignore_missing ? "-" : "");
                type_add_literal(d, list->items[i].path, &line);
                type_format_taken(d, &line, to);
        }
}

static bool environment_file_equal(const void *a, const void *b) {
        const EnvironmentFileList *x = a, *y = b;

        if (x->n != y->n)
                return false;
        for (size_t i = 0; i < x->n; i++)
                if (!text_eq(x->items[i].path, y->items[i].path) ||
                    x->items[i].ignore_missing != y->items[i].ignore_missing)
                        return false;
        return true;
}

static void environment_file_done(void *field) {
        EnvironmentFileList *list = field;

        for (size_t i = 0; i < list->n; i++)
                free(list->items[i].path);
        free(list->items);
        *list = (EnvironmentFileList){ 0 };
}

const Type type_environment_file = {
        .name = "environment file",
        .size = sizeof(EnvironmentFileList),
        .parse = environment_file_parse,
        .format = environment_file_format,
        .equal = environment_file_equal,
        .done = environment_file_done,
};
