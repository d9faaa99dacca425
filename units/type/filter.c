/*
 * What a service may and may not ask the kernel for: capabilities, address
 * families, namespaces, system calls. In all of these "~" turns the meaning
 * round, and later assignments add to or take from earlier ones.
 *
 * A wrong word never loosens anything: where it is the only one, what was
 * assigned before stays.
 */
#include <string.h>

#include "base/strv.h"
#include "base/text.h"
#include "units/capability.h"
#include "units/directive.h"
#include "units/names.h"
#include "units/setting.h"
#include "units/types.h"

/* Says that WORD is not in T, and what may have been meant; EXAMPLE otherwise. */
static int say_unknown(const NameTable *t, const char *word, const char *example, Diag *diag) {
        const char *nearest = names_nearest(t, word);
        char excerpt[TEXT_EXCERPT_MAX];

        text_excerpt(word, excerpt);
        if (nearest)
                return diag_error(diag, -EINVAL, "\"%s\" is not %s; did you mean %s?", excerpt,
                                  t->what, nearest);
        return diag_error(diag, -EINVAL, "\"%s\" is not %s; use %s", excerpt, t->what, example);
}

static int add_capability(const Directive *d, const char *word, const ParseContext *c, void *sum) {
        int n = capability_find(word);

        if (n < 0)
                return say_unknown(&names_capabilities, word, "a name such as CAP_NET_RAW",
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

        r = type_each_word(d, value + invert, WORD_UNQUOTE, c, &sum, add_capability);
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
        r = type_list_grow(&f->items, f->n, sizeof(int));
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
                return say_unknown(&names_families, word, "a name such as AF_INET", c->diag);
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
        return type_each_word(d, value + invert, WORD_UNQUOTE, c, &change, change_family);
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

static uint64_t every_namespace(void) {
        uint64_t every = 0;

        for (size_t i = 0; i < names_namespaces.n; i++)
                every |= (uint64_t)names_namespaces.rows[i].value;
        return every;
}

static int add_namespace(const Directive *d, const char *word, const ParseContext *c, void *sum) {
        int flag = names_find(&names_namespaces, word);

        if (flag < 0)
                return say_unknown(&names_namespaces, word,
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
        r = type_each_word(d, value + invert, WORD_UNQUOTE, c, &sum, add_namespace);
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

static int syscalls_parse(const Directive *d, const char *value, const ParseContext *c,
                          void *field) {
        return *value ? syscall_filter_parse(field, value, c->diag) : type_reset(d, field);
}

static void syscalls_format(const Directive *d, const void *field, StrBuf *to) {
        _cleanup_strv_ char **values = NULL;

        if (syscall_filter_format(field, &values) < 0)
                to->error = -ENOMEM;
        STRV_FOREACH(value, values) {
                type_format_line(d, *value, to);
        }
}

static bool syscalls_equal(const void *a, const void *b) {
        return syscall_filter_equal(a, b);
}

static void syscalls_done(void *field) {
        syscall_filter_done(field);
}

const Type type_syscalls = {
        .name = "system calls",
        .size = sizeof(SyscallFilter),
        .parse = syscalls_parse,
        .format = syscalls_format,
        .equal = syscalls_equal,
        .done = syscalls_done,
};
