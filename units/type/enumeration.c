/*
 * Enumerations, whose words the row's param lists. One with "yes" and "no" among
 * its words understands the other spellings of these, too.
 */
#include "base/text.h"
#include "units/directive.h"
#include "units/enums.h"
#include "units/names.h"
#include "units/types.h"

/* The constant for WORD, synonyms included, or -ENOENT. The empty word is nobody's to write. */
static int find_word(const EnumNames *e, const char *word) {
        for (size_t i = 0; i < e->n && *word; i++)
                if (text_eq(e->names[i], word))
                        return (int)i;
        for (const EnumSynonym *s = e->synonyms; s && s->name; s++)
                if (text_eq(s->name, word))
                        return s->value;
        return -ENOENT;
}

static int say_wrong_word(const EnumNames *e, const char *word, Diag *diag) {
        _cleanup_(strbuf_done) StrBuf all = { 0 };
        const char *nearest = names_nearest_of(e->names, e->n, word);
        char excerpt[TEXT_EXCERPT_MAX];

        text_excerpt(word, excerpt);
        if (nearest)
                return diag_error(diag, -EINVAL, "\"%s\" is no %s; did you mean %s?", excerpt,
                                  e->what, nearest);
        for (size_t i = 0; i < e->n; i++)
                if (*e->names[i])
                        strbuf_addf(&all, "%s%s",
                                    all.length == 0 ? ""
                                    : i + 1 == e->n ? " or "
                                                    : ", ",
                                    e->names[i]);
        return diag_error(diag, -EINVAL, "\"%s\" is no %s; use %s", excerpt, e->what,
                          all.text ? all.text : "nothing");
}

static int enumeration_parse(const Directive *d, const char *value, const ParseContext *c,
                             void *field) {
        const EnumNames *e = d->param;
        int r;

        if (!*value)
                return type_reset(d, field);
        r = find_word(e, value);
        if (r < 0 && e->with_boolean) {
                int truth = type_parse_boolean(value);

                if (truth >= 0)
                        r = find_word(e, truth ? "yes" : "no");
        }
        if (r < 0)
                return say_wrong_word(e, value, c->diag);
        *(int *)field = r;
        return 0;
}

static void enumeration_format(const Directive *d, const void *field, StrBuf *to) {
        const EnumNames *e = d->param;
        int value = *(const int *)field;

        assert(value >= 0 && (size_t)value < e->n);
        type_format_line(d, e->names[value], to);
}

const Type type_enumeration = {
        .name = "enumeration",
        .size = sizeof(int),
        .parse = enumeration_parse,
        .format = enumeration_format,
        .equal = type_equal_int,
};
