/*
 * RestrictAddressFamilies=: systemd.exec(5). The first assignment decides whether
 * the list says what is allowed or what is denied; later ones of the other kind
 * take from it.
 */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/names.h"
#include "units/setting.h"
#include "units/types.h"

/* Where FAMILY stands in the sorted list, or would stand. */
static size_t family_index(const FamilyFilter *f, int family) {
        size_t i = 0;

        while (i < f->n && f->items[i] < family)
                i++;
        return i;
}

static int family_put(FamilyFilter *f, int family) {
        size_t i = family_index(f, family);
        int r;

        if (i < f->n && f->items[i] == family)
                return 0;
        r = ARRAY_GROW(f->items, f->n);
        if (r < 0)
                return r;
        memmove(f->items + i + 1, f->items + i, (f->n - i) * sizeof(int));
        f->items[i] = family;
        f->n++;
        return 0;
}

static void family_drop(FamilyFilter *f, int family) {
        size_t i = family_index(f, family);

        if (i == f->n || f->items[i] != family)
                return;
        f->n--;
        memmove(f->items + i, f->items + i + 1, (f->n - i) * sizeof(int));
}

typedef struct FamilyChange {
        FamilyFilter *filter;
        bool put;
} FamilyChange;

static int change_family(const Directive *d, const char *word, const ParseContext *c,
                         void *change) {
        const FamilyChange *f = change;
        int family = names_find(&names_families, word);

        if (family < 0)
                return names_refuse(&names_families, word, "a name such as AF_INET", c->diag);
        if (f->put)
                return family_put(f->filter, family);
        family_drop(f->filter, family);
        return 0;
}

static void families_done(void *field) {
        FamilyFilter *f = field;

        free(f->items);
        *f = (FamilyFilter){ 0 };
}

static int families_parse(const Directive *d, const char *value, const ParseContext *c,
                          void *field) {
        FamilyFilter *f = field;
        bool invert = *value == '~';
        FamilyChange change = { .filter = f };

        if (!*value)
                return type_reset(d, field);
        if (text_eq(value, "none")) {
                families_done(f);
                f->set = f->allow_list = true;
                return 0;
        }
        if (!f->set) {
                f->set = true;
                f->allow_list = !invert;
        }
        change.put = f->allow_list != invert;
        return type_each_word(d, value + invert, c, &change,
                              &(const TypeWords){ WORD_UNQUOTE, change_family });
}

static void families_format(const Directive *d, const void *field, StrBuf *to) {
        const FamilyFilter *f = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        if (f->set && f->allow_list && f->n == 0)
                strbuf_add(&line, "none");
        if (f->set && !f->allow_list)
                strbuf_add_char(&line, '~');
        for (size_t i = 0; i < f->n; i++)
                strbuf_addf(&line, "%s%s", i > 0 ? " " : "",
                            names_of(&names_families, f->items[i]));
        type_format_taken(d, &line, to);
}

static bool families_equal(const void *a, const void *b) {
        const FamilyFilter *x = a, *y = b;

        return x->set == y->set && x->allow_list == y->allow_list && x->n == y->n &&
               (x->n == 0 || memcmp(x->items, y->items, x->n * sizeof(int)) == 0);
}

const Type type_families = {
        .name = "address families",
        .size = sizeof(FamilyFilter),
        .parse = families_parse,
        .format = families_format,
        .equal = families_equal,
        .done = families_done,
};
