/*
 * WorkingDirectory=: systemd.exec(5). A path, or "~" for the user's home; behind
 * "-" it may be missing.
 */
#include "base/text.h"
#include "units/directive.h"
#include "units/setting.h"
#include "units/types.h"

static int working_directory_parse(const Directive *d, const char *value, const ParseContext *c,
                                   void *field) {
        _cleanup_free_ char *path = NULL;
        WorkingDirectory *w = field;
        bool ignore_missing = *value == '-', home;
        int r;

        if (!*value)
                return type_reset(d, field);
        value += ignore_missing;
        home = text_eq(value, "~");
        if (!home) {
                r = type_take_path(d, value, TYPE_PATH_ABSOLUTE, c, &path);
                if (r < 0)
                        return r;
        }
        free(w->path);
        *w = (WorkingDirectory){ TAKE_PTR(path), home, ignore_missing };
        return 0;
}

static void working_directory_format(const Directive *d, const void *field, StrBuf *to) {
        const WorkingDirectory *w = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        strbuf_add(&line, w->ignore_missing ? "-" : "");
        if (w->home)
                strbuf_add_char(&line, '~');
        else if (w->path)
                type_add_literal(d, w->path, &line);
        type_format_taken(d, &line, to);
}

static bool working_directory_equal(const void *a, const void *b) {
        const WorkingDirectory *x = a, *y = b;

        return text_eq_or_null(x->path, y->path) && x->home == y->home &&
               x->ignore_missing == y->ignore_missing;
}

static void working_directory_done(void *field) {
        WorkingDirectory *w = field;

        free(w->path);
        *w = (WorkingDirectory){ 0 };
}

const Type type_working_directory = {
        .name = "working directory",
        .size = sizeof(WorkingDirectory),
        .parse = working_directory_parse,
        .format = working_directory_format,
        .equal = working_directory_equal,
        .done = working_directory_done,
};
