/*
 * Conditions and asserts: systemd.unit(5). One list holds all of a kind; each item
 * remembers the row that it came from, and the empty assignment of any of these
 * rows empties the whole list.
 */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/setting.h"
#include "units/types.h"

static const char *skip_mark(const char *value, char mark, bool *ret_found) {
        *ret_found = *value == mark;
        value += *ret_found;
        return *ret_found ? value + strspn(value, WHITESPACE) : value;
}

static int conditions_parse(const Directive *d, const char *value, const ParseContext *c,
                            void *field) {
        _cleanup_free_ char *argument = NULL;
        ConditionList *list = field;
        bool trigger, negate;
        int r;

        if (!*value)
                return type_reset(d, field);
        value = skip_mark(value, '|', &trigger);
        value = skip_mark(value, '!', &negate);
        r = type_take_text(d, value, c, &argument);
        if (r < 0)
                return r;
        r = ARRAY_GROW(list->items, list->n);
        if (r < 0)
                return r;
        list->items[list->n] =
                (ConditionSetting){ d, trigger, negate, TAKE_PTR(argument), NULL, 0 };
        if (c->diag && c->diag->file) {
                list->items[list->n].file = strdup(c->diag->file);
                list->items[list->n].line = c->diag->line;
        }
        list->n++;
        return 0;
}

static void conditions_format(const Directive *d, const void *field, StrBuf *to) {
        const ConditionList *list = field;

        if (list->n == 0)
                type_format_line(d, "", to);
        for (size_t i = 0; i < list->n; i++) {
                const ConditionSetting *s = &list->items[i];
                _cleanup_(strbuf_done) StrBuf line = { 0 };

                strbuf_addf(&line, "%s%s", s->trigger ? "|" : "", s->negate ? "!" : "");
                type_add_literal(s->directive, s->argument, &line);
                type_format_taken(s->directive, &line, to);
        }
}

static bool conditions_equal(const void *a, const void *b) {
        const ConditionList *x = a, *y = b;

        if (x->n != y->n)
                return false;
        for (size_t i = 0; i < x->n; i++)
                if (x->items[i].directive != y->items[i].directive ||
                    x->items[i].trigger != y->items[i].trigger ||
                    x->items[i].negate != y->items[i].negate ||
                    !text_eq(x->items[i].argument, y->items[i].argument))
                        return false;
        return true;
}

static void conditions_done(void *field) {
        ConditionList *list = field;

        for (size_t i = 0; i < list->n; i++) {
                free(list->items[i].argument);
                free(list->items[i].file);
        }
        free(list->items);
        *list = (ConditionList){ 0 };
}

const Type type_conditions = {
        .name = "condition",
        .size = sizeof(ConditionList),
        .parse = conditions_parse,
        .format = conditions_format,
        .equal = conditions_equal,
        .done = conditions_done,
};
