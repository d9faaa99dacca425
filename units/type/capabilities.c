/*
 * Sets of capabilities: systemd.exec(5), "CAPABILITIES".
 *
 * "~" turns the meaning round, and later assignments add to or take from earlier
 * ones. A wrong word never loosens anything: where it is the only one, what was
 * assigned before stays.
 */
#include "units/capability.h"
#include "units/directive.h"
#include "units/names.h"
#include "units/setting.h"
#include "units/types.h"

static int add_capability(const Directive *d, const char *word, const ParseContext *c, void *sum) {
        int n = capability_find(word);

        if (n < 0)
                return names_refuse(&names_capabilities, word, "a name such as CAP_NET_RAW",
                                    c->diag);
        *(uint64_t *)sum |= CAPABILITY_BIT(n);
        return 0;
}

/* Other than for lists, the empty value is a value: no capability at all; "~" is all of them. */
static int capabilities_parse(const Directive *d, const char *value, const ParseContext *c,
                              void *field) {
        CapabilitySetting *s = field;
        bool invert = *value == '~';
        uint64_t sum = 0;
        int r;

        r = type_each_word(d, value + invert, c, &sum,
                           &(const TypeWords){ WORD_UNQUOTE, add_capability });
        if (r < 0 && sum == 0 && (invert || s->set))
                return r;
        if (sum == 0 || !s->set || s->mask == CAPABILITY_EVERY)
                s->mask = invert ? ~sum : sum;
        else if (invert)
                s->mask &= ~sum;
        else
                s->mask |= sum;
        s->set = true;
        return r;
}

static void capabilities_format(const Directive *d, const void *field, StrBuf *to) {
        const CapabilitySetting *s = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };
        bool invert = s->mask & CAPABILITY_BIT(63); /* no capability: only "~" sets it */
        uint64_t listed = invert ? ~s->mask : s->mask;

        strbuf_add(&line, invert ? "~" : "");
        for (unsigned n = 0; n <= CAPABILITY_MAX; n++) {
                const char *name = capability_name(n);

                if (!(listed & CAPABILITY_BIT(n)))
                        continue;
                strbuf_add(&line, line.length > invert ? " " : "");
                if (name)
                        strbuf_add(&line, name);
                else
                        strbuf_addf(&line, "%u", n);
        }
        type_format_taken(d, &line, to);
}

static bool capabilities_equal(const void *a, const void *b) {
        const CapabilitySetting *x = a, *y = b;

        return x->set == y->set && x->mask == y->mask;
}

const Type type_capabilities = {
        .name = "capabilities",
        .size = sizeof(CapabilitySetting),
        .parse = capabilities_parse,
        .format = capabilities_format,
        .equal = capabilities_equal,
};
