/*
 * The vocabularies of names.def, each as a table. They are short: looking a
 * word up means walking the table.
 */
#include "units/names.h"

#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/nearest.h"
#include "base/text.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

#define SIGNAL(name, value)
#define FAMILY(name, value)
#define EXIT_STATUS(name, value)
#define NAMESPACE(name, value)
#define RLIMIT(name, value)
#define CAPABILITY(name, value)

#undef SIGNAL
#define SIGNAL(name, value) { name, value },
static const Name signals[] = {
#include "units/names.def"
};
#undef SIGNAL
#define SIGNAL(name, value)

#undef FAMILY
#define FAMILY(name, value) { name, value },
static const Name families[] = {
#include "units/names.def"
};
#undef FAMILY
#define FAMILY(name, value)

#undef EXIT_STATUS
#define EXIT_STATUS(name, value) { name, value },
static const Name exit_statuses[] = {
#include "units/names.def"
};
#undef EXIT_STATUS
#define EXIT_STATUS(name, value)

#undef NAMESPACE
#define NAMESPACE(name, value) { name, value },
static const Name namespaces[] = {
#include "units/names.def"
};
#undef NAMESPACE
#define NAMESPACE(name, value)

#undef RLIMIT
#define RLIMIT(name, value) { name, value },
static const Name rlimits[] = {
#include "units/names.def"
};
#undef RLIMIT
#define RLIMIT(name, value)

#undef CAPABILITY
#define CAPABILITY(name, value) { name, value },
static const Name capabilities[] = {
#include "units/names.def"
};

#define TABLE(rows, what, prefix) \
        { what, prefix, rows, ARRAY_SIZE(rows) }

const NameTable names_signals = TABLE(signals, "a signal", "SIG");
const NameTable names_families = TABLE(families, "an address family", "");
const NameTable names_exit_statuses = TABLE(exit_statuses, "an exit status", "");
const NameTable names_namespaces = TABLE(namespaces, "a kind of namespace", "");
const NameTable names_rlimits = TABLE(rlimits, "a resource limit", "");
const NameTable names_capabilities = TABLE(capabilities, "a capability", "");

static const char *without_prefix(const NameTable *t, const char *name) {
        const char *rest = text_after(name, t->prefix);

        return rest ? rest : name;
}

int names_find(const NameTable *t, const char *name) {
        name = without_prefix(t, name);
        for (size_t i = 0; i < t->n; i++)
                if (text_eq(t->rows[i].name, name))
                        return t->rows[i].value;
        return -ENOENT;
}

const char *names_of(const NameTable *t, int value) {
        for (size_t i = 0; i < t->n; i++)
                if (t->rows[i].value == value)
                        return t->rows[i].name;
        return NULL;
}

const char *names_nearest(const NameTable *t, const char *name) {
        Nearest n = nearest_to(without_prefix(t, name));

        for (size_t i = 0; i < t->n; i++)
                nearest_consider(&n, t->rows[i].name);
        return n.best;
}

const char *names_nearest_of(const char *const *words, size_t n, const char *name) {
        Nearest nearest = nearest_to(name);

        for (size_t i = 0; i < n; i++)
                nearest_consider(&nearest, words[i]);
        return nearest.best;
}

int names_refuse(const NameTable *t, const char *word, const char *example, Diag *diag) {
        const char *nearest = names_nearest(t, word);
        char excerpt[TEXT_EXCERPT_MAX];

        text_excerpt(word, excerpt);
        if (nearest)
                return diag_error(diag, -EINVAL, "\"%s\" is not %s; did you mean %s?", excerpt,
                                  t->what, nearest);
        return diag_error(diag, -EINVAL, "\"%s\" is not %s; use %s", excerpt, t->what, example);
}
