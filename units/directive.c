/*
 * The table of directives, made from directives.def, and the search in it.
 *
 * The search is linear: the rows are in cache after the first one, a unit has some thirty lines,
 * and an index would have to be built or kept in order by somebody.
 */
#include "units/directive.h"

#include <string.h>
#include <sys/resource.h>

#include "base/nearest.h"
#include "base/text.h"
#include "units/check-network.h"
#include "units/check-path.h"
#include "units/check-resource.h"
#include "units/check.h"
#include "units/config.h"
#include "units/param.h"
#include "units/types.h"

/* What the rows write in their "param" column; in parentheses, for the commas. */
#define RANGE(lo, hi) (&(const IntegerParam){ .min = lo, .max = hi, .base = 10 })
#define RANGE_OR(lo, hi, text, value) \
        (&(const IntegerParam){       \
                .min = lo, .max = hi, .base = 10, .word = text, .word_value = value })
#define UNSIGNED             RANGE(0, UINT32_MAX)
#define LIMIT(name, how)     (&(const RlimitParam){ RLIMIT_##name, RLIMIT_KIND_##how })
#define SIZE_OR_ZERO         (&(const LimitParam){ .zero_ok = true })
#define COUNT                (&(const LimitParam){ .count = true })
#define SHARE                (&(const LimitParam){ .share_only = true })
#define TEXT(called, with)   (&(const WordsParam){ .what = called, .check = with })
#define WORDS(called, with)  TEXT(called, with)
#define QUOTED(called, with) (&(const WordsParam){ .what = called, .check = with, .quoted = true })
#define LINES(called, with)  (&(const WordsParam){ .what = called, .check = with, .one = true })
#define SPLIT_AT(characters, called, with) \
        (&(const WordsParam){ .what = called, .check = with, .separators = characters })
#define NANOSECONDS   (&(const TimeSpanParam){ .default_unit = 0 })
#define ZERO_IS_NEVER (&(const TimeSpanParam){ .default_unit = 1000000, .zero_is_infinity = true })
#define PATH_RELATIVE (&(const PathParam){ .relative_ok = true })
#define NO_SYMLINKS   (&(const DirectoriesParam){ .no_symlinks = true })
#define STREAM_INPUT  (&(const StreamParam){ .input = true })
#define STREAM_OUTPUT NULL

#define ROW(in, id, kind, with, field, first, bits, points, why, says) \
        { .sections = in,                                              \
          .name = #id,                                                 \
          .type = &type_##kind,                                        \
          .param = with,                                               \
          .offset = offsetof(Config, field),                           \
          .initial = first,                                            \
          .flags = bits,                                               \
          .weight = points,                                            \
          .exposed = why,                                              \
          .text = says },

const Directive directives[] = {
#define DIRECTIVE(...) ROW(__VA_ARGS__)
#define DIRECTIVE_SHARED(in, id, kind, with, field, first, bits, points, why, says) \
        ROW(in, id, kind, with, field, first, (bits) | SHARED_FIELD, points, why, says)
#include "units/directives.def"
};
const size_t directives_count = ARRAY_SIZE(directives);

_Static_assert(ARRAY_SIZE(directives) <= CONFIG_ROWS_MAX, "Config.assigned has a bit for each row");

/* A row that shares a field shares its type, too. */
#define DIRECTIVE_SHARED(in, id, kind, with, field, first, bits, points, why, says)           \
        _Static_assert(                                                                       \
                __builtin_types_compatible_p(__typeof__(((Config *)0)->field), FIELD_##kind), \
                #id "= shares a field of another type");
#include "units/directives.def"

const DirectiveAlias directive_aliases[] = {
#define ALIAS_BOTH(in, old, target_in, one, two) { in, #old, target_in, #one, #two },
#include "units/directives.def"
};
const size_t directive_aliases_count = ARRAY_SIZE(directive_aliases);

static const Directive *find_row(unsigned sections, const char *name) {
        DIRECTIVE_FOREACH(d) {
                if (d->name[0] == name[0] && (d->sections & sections) && text_eq(d->name, name))
                        return d;
        }
        return NULL;
}

static const DirectiveAlias *find_alias(unsigned sections, const char *name) {
        for (size_t i = 0; i < directive_aliases_count; i++) {
                const DirectiveAlias *a = &directive_aliases[i];

                if ((a->sections & sections) && text_eq(a->name, name))
                        return a;
        }
        return NULL;
}

/* An alias may lead out of its own section, but in a section that has its target it stays. */
static const Directive *find_target(const DirectiveAlias *a, unsigned sections, const char *name) {
        unsigned both = a->target_sections & sections;

        return find_row(both ? both : a->target_sections, name);
}

size_t directive_resolve(unsigned sections, const char *name, const Directive *ret[static 2]) {
        const Directive *d = find_row(sections, name);
        const DirectiveAlias *a = d ? NULL : find_alias(sections, name);

        ret[0] = a ? find_target(a, sections, a->target) : d;
        ret[1] = a && *a->other ? find_target(a, sections, a->other) : NULL;
        return (ret[0] ? 1 : 0) + (ret[1] ? 1 : 0);
}

const Directive *directive_find_any(unsigned sections, const char *name) {
        const Directive *found[2];

        directive_resolve(sections, name, found);
        return found[0];
}

const Directive *directive_find(unsigned section, const char *name) {
        return directive_find_any(section, name);
}

const char *directive_retired(unsigned sections, const char *name) {
        static const struct {
                unsigned sections;
                const char *name, *advice;
        } retired[] = {
#define RETIRED(in, old, says) { in, #old, says },
#include "units/directives.def"
        };

        for (size_t i = 0; i < ARRAY_SIZE(retired); i++)
                if ((retired[i].sections & sections) && text_eq(retired[i].name, name))
                        return retired[i].advice;
        return NULL;
}

const char *directive_nearest(unsigned sections, const char *name) {
        Nearest n = nearest_to(name);

        DIRECTIVE_FOREACH(d) {
                if (d->sections & sections)
                        nearest_consider(&n, d->name);
        }
        for (size_t i = 0; i < directive_aliases_count; i++)
                if (directive_aliases[i].sections & sections)
                        nearest_consider(&n, directive_aliases[i].name);
        return n.best;
}
