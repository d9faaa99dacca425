/*
 * What sockets listen on, when timers elapse, what path units watch: several
 * directives fill one list. Each item remembers the row that it came from, and the
 * empty assignment of any of these rows empties the whole list.
 */
#include "base/array.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/setting.h"
#include "units/types.h"

static int tagged_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        _cleanup_free_ char *text = NULL;
        TaggedList *list = field;
        int r;

        if (!*value)
                return type_reset(d, field);
        r = type_take_text(d, value, c, &text);
        if (r < 0)
                return r;
        r = ARRAY_GROW(list->items, list->n);
        if (r < 0)
                return r;
        list->items[list->n++] = (TaggedSetting){ d, TAKE_PTR(text) };
        return 0;
}

static void tagged_format(const Directive *d, const void *field, StrBuf *to) {
        const TaggedList *list = field;

        if (list->n == 0)
                type_format_line(d, "", to);
        for (size_t i = 0; i < list->n; i++) {
                const TaggedSetting *s = &list->items[i];
                _cleanup_(strbuf_done) StrBuf line = { 0 };

                type_add_literal(s->directive, s->text, &line);
                type_format_taken(s->directive, &line, to);
        }
}

static bool tagged_equal(const void *a, const void *b) {
        const TaggedList *x = a, *y = b;

        if (x->n != y->n)
                return false;
        for (size_t i = 0; i < x->n; i++)
                if (x->items[i].directive != y->items[i].directive ||
                    !text_eq(x->items[i].text, y->items[i].text))
                        return false;
        return true;
}

static void tagged_done(void *field) {
        TaggedList *list = field;

        for (size_t i = 0; i < list->n; i++)
                free(list->items[i].text);
        free(list->items);
        *list = (TaggedList){ 0 };
}

const Type type_tagged = {
        .name = "list entry",
        .size = sizeof(TaggedList),
        .parse = tagged_parse,
        .format = tagged_format,
        .equal = tagged_equal,
        .done = tagged_done,
};
