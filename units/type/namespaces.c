/*
 * RestrictNamespaces=: systemd.exec(5). A boolean, or the kinds that stay allowed,
 * or, behind "~", the kinds that do not. A wrong word never loosens anything: where
 * it is the only one, what was assigned before stays.
 */
#include "units/directive.h"
#include "units/names.h"
#include "units/setting.h"
#include "units/types.h"

static uint64_t every_namespace(void) {
        uint64_t every = 0;

        for (size_t i = 0; i < names_namespaces.n; i++)
                every |= (uint64_t)names_namespaces.rows[i].value;
        return every;
}

static int add_namespace(const Directive *d, const char *word, const ParseContext *c, void *sum) {
        int flag = names_find(&names_namespaces, word);

        if (flag < 0)
                return names_refuse(&names_namespaces, word,
                                    "yes, no, or cgroup, ipc, net, mnt, pid, time, user, uts",
                                    c->diag);
        *(uint64_t *)sum |= (uint64_t)flag;
        return 0;
}

static int namespaces_parse(const Directive *d, const char *value, const ParseContext *c,
                            void *field) {
        NamespaceFilter *f = field;
        bool invert = *value == '~';
        uint64_t sum = 0;
        int r, truth;

        if (!*value)
                return type_reset(d, field);
        truth = type_parse_boolean(value);
        if (truth >= 0) {
                *f = (NamespaceFilter){ true, truth ? 0 : every_namespace() };
                return 0;
        }
        r = type_each_word(d, value + invert, c, &sum,
                           &(const TypeWords){ WORD_UNQUOTE, add_namespace });
        if (r < 0 && sum == 0 && (invert || f->set))
                return r;
        if (!f->set)
                f->allowed = invert ? every_namespace() & ~sum : sum;
        else if (invert)
                f->allowed &= ~sum;
        else
                f->allowed |= sum;
        f->set = true;
        return r;
}

static void namespaces_format(const Directive *d, const void *field, StrBuf *to) {
        const NamespaceFilter *f = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        if (f->set && (f->allowed == 0 || f->allowed == every_namespace()))
                strbuf_add(&line, f->allowed == 0 ? "yes" : "no");
        else
                for (size_t i = 0; f->set && i < names_namespaces.n; i++)
                        if (f->allowed & (uint64_t)names_namespaces.rows[i].value)
                                strbuf_addf(&line, "%s%s", line.length > 0 ? " " : "",
                                            names_namespaces.rows[i].name);
        type_format_taken(d, &line, to);
}

static bool namespaces_equal(const void *a, const void *b) {
        const NamespaceFilter *x = a, *y = b;

        return x->set == y->set && x->allowed == y->allowed;
}

const Type type_namespaces = {
        .name = "namespaces",
        .size = sizeof(NamespaceFilter),
        .parse = namespaces_parse,
        .format = namespaces_format,
        .equal = namespaces_equal,
};
