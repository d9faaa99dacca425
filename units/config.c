/*
 * All settings of one unit. Nothing here knows a directive: every function
 * walks the table, and the row's type does the work.
 *
 * What always holds: each field is valid for its type, whatever was assigned
 * and refused before.
 */
#include "units/config.h"

#include <string.h>

#include "base/text.h"
#include "units/unit-text.h"

static void *field_of(Config *c, const Directive *d) {
        return (char *)c + d->offset;
}

static size_t row_of(const Directive *d) {
        return (size_t)(d - directives);
}

bool config_is_assigned(const Config *c, const Directive *d) {
        return c->assigned[row_of(d) / 64] & (UINT64_C(1) << (row_of(d) % 64));
}

bool config_has(const Config *c, const char *name) {
        const Directive *d = directive_find(SECTION_SERVICE, name);

        return d && config_is_assigned(c, d);
}

/* The empty assignment empties the field for all rows that share it. */
static void clear_assigned(Config *c, size_t offset) {
        DIRECTIVE_FOREACH(d) {
                if (d->offset == offset)
                        c->assigned[row_of(d) / 64] &= ~(UINT64_C(1) << (row_of(d) % 64));
        }
}

static void set_assigned(Config *c, const Directive *d, unsigned section) {
        c->assigned[row_of(d) / 64] |= UINT64_C(1) << (row_of(d) % 64);
        if (section_name((Section)section))
                c->sections |= section;
}

int config_init(Config *c) {
        static const ParseContext nobody = { 0 };

        *c = (Config){ 0 };
        DIRECTIVE_FOREACH(d) {
                int r;

                if (!d->initial || (d->flags & SHARED_FIELD))
                        continue;
                r = d->type->parse(d, d->initial, &nobody, field_of(c, d));
                assert(r >= 0 || r == -ENOMEM); /* the table is right; tests see to it */
                if (r < 0)
                        return r;
        }
        return 0;
}

void config_done(Config *c) {
        DIRECTIVE_FOREACH(d) {
                if (d->type->done && !(d->flags & SHARED_FIELD))
                        d->type->done(field_of(c, d));
        }
        *c = (Config){ 0 };
}

/* "[Service] or [Socket]", as far as ROOM goes. */
static const char *name_sections(unsigned sections, size_t room, char *ret) {
        size_t used = 0;

        ret[0] = '\0';
        for (unsigned bit = 1; bit <= SECTION_LAST && used < room; bit <<= 1) {
                if (sections & bit)
                        used += (size_t)snprintf(ret + used, room - used, "%s[%s]",
                                                 used ? " or " : "", section_name((Section)bit));
        }
        return ret;
}

static int refuse_unknown(unsigned sections, const char *name, Diag *diag) {
        const char *nearest = diag_is_full(diag) ? NULL : directive_nearest(sections, name);
        const char *instead = directive_retired(sections, name);
        const Directive *elsewhere = directive_find_any(~(unsigned)SECTION_INTERNAL, name);
        char here[128], there[128], excerpt[TEXT_EXCERPT_MAX];

        if (instead)
                return diag_error(diag, -ENOENT, "this does nothing any more; %s", instead);
        name_sections(sections, sizeof(here), here);
        if (elsewhere)
                return diag_error(diag, -ENOENT, "this is no directive of %s; it belongs into %s",
                                  here, name_sections(elsewhere->sections, sizeof(there), there));
        text_excerpt(name, excerpt);
        if (nearest)
                return diag_error(diag, -ENOENT,
                                  "there is no directive \"%s\" in %s; did you mean %s=?", excerpt,
                                  here, nearest);
        return diag_error(diag, -ENOENT,
                          "there is no directive \"%s\" in %s; begin names of your own with X-",
                          excerpt, here);
}

static int assign_one(Config *c, const Directive *d, unsigned section, const char *value,
                      const ParseContext *context) {
        int r;

        if ((d->flags & INTERNAL) && !context->internal)
                return diag_error(context->diag, -EPERM,
                                  "only the supervisor itself may set this; remove the line");
        r = d->type->parse(d, value, context, field_of(c, d));
        if (*value == '\0')
                clear_assigned(c, d->offset);
        else if (r >= 0)
                set_assigned(c, d, section);
        return r;
}

static int assign(Config *c, unsigned section, const char *name, const char *value,
                  const ParseContext *context) {
        const Directive *found[2];
        size_t n = directive_resolve(section, name, found);
        int r = 0;

        if (n == 0)
                return text_after(name, "X-") ? 0 : refuse_unknown(section, name, context->diag);
        for (size_t i = 0; i < n && r >= 0; i++)
                r = assign_one(c, found[i], section, value, context);
        return r < 0 ? r : 0;
}

int config_assign(Config *c, unsigned section, const char *name, const char *value,
                  const ParseContext *context) {
        static const ParseContext nobody = { 0 };
        const char *outer;
        int r;

        if (!context)
                context = &nobody;
        if (!context->diag)
                return assign(c, section, name, value, context);
        outer = context->diag->directive;
        context->diag->directive = name;
        r = assign(c, section, name, value, context);
        context->diag->directive = outer;
        return r;
}

typedef struct Reading {
        Config *config;
        const ParseContext *context;
        unsigned section; /* that the assignments stand in */
        int wrong;
} Reading;

static int enter_section(Reading *r, const char *name) {
        char excerpt[TEXT_EXCERPT_MAX];
        const char *nearest;

        r->section = section_from_name(name);
        if (r->section)
                return 1;
        if (text_after(name, "X-"))
                return 0;
        nearest = section_nearest(name);
        text_excerpt(name, excerpt);
        if (nearest)
                diag_error(r->context->diag, -ENOENT,
                           "there is no section [%s]; did you mean [%s]?", excerpt, nearest);
        else
                diag_error(r->context->diag, -ENOENT,
                           "there is no section [%s]; use one such as [Unit], [Service] or "
                           "[Install], or begin names of your own with X-",
                           excerpt);
        r->wrong++;
        return 0;
}

static int read_item(const UnitTextItem *item, void *userdata) {
        Reading *reading = userdata;
        int r;

        if (!item->key)
                return enter_section(reading, item->section);
        r = config_assign(reading->config, reading->section, item->key, item->value,
                          reading->context);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                reading->wrong++;
        return 1;
}

int config_parse_text(Config *c, const char *file, const char *text, size_t size,
                      const ParseContext *context) {
        static const ParseContext nobody = { 0 };
        Reading reading = { .config = c, .context = context ? context : &nobody };
        Diag *diag = reading.context->diag;
        const char *outer = diag ? diag->file : NULL;
        int r;

        if (diag)
                diag->file = file;
        r = unit_text_parse(text, size, read_item, &reading, diag);
        if (diag)
                diag->file = outer;
        return r < 0 ? r : reading.wrong;
}

/* Rows that may stand in several sections are written into the first one that the unit used. */
static unsigned section_for(const Config *c, const Directive *d) {
        unsigned possible = d->sections & c->sections ? d->sections & c->sections : d->sections;

        return possible & -possible;
}

static bool field_equal(const Config *a, const Config *b, const Directive *d) {
        return d->type->equal(config_field(a, d), config_field(b, d));
}

static void format_section(const Config *c, const Config *initial, unsigned section, StrBuf *to) {
        _cleanup_(strbuf_done) StrBuf lines = { 0 };

        DIRECTIVE_FOREACH(d) {
                if ((d->flags & SHARED_FIELD) || section_for(c, d) != section)
                        continue;
                /* Shared fields are lists: what any of their rows assigned makes them differ. */
                if (config_is_assigned(c, d) || !field_equal(c, initial, d))
                        d->type->format(d, config_field(c, d), &lines);
        }
        if (lines.length > 0)
                strbuf_addf(to, "%s[%s]\n%s", to->length > 0 ? "\n" : "",
                            section_name((Section)section), lines.text);
        if (lines.error < 0)
                to->error = lines.error;
}

int config_format(const Config *c, char **ret) {
        _cleanup_(strbuf_done) StrBuf to = { 0 };
        _cleanup_(config_done) Config initial;
        int r = config_init(&initial);

        if (r < 0)
                return r;
        for (unsigned section = 1; section <= SECTION_LAST; section <<= 1)
                format_section(c, &initial, section, &to);
        return strbuf_take(&to, ret);
}

bool config_equal(const Config *a, const Config *b) {
        DIRECTIVE_FOREACH(d) {
                if (!(d->flags & SHARED_FIELD) && !field_equal(a, b, d))
                        return false;
        }
        return true;
}
