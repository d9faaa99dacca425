/*
 * Finding the verb that the user meant, and saying which it may have been.
 */
#include "base/verb.h"

#include "base/nearest.h"
#include "base/strbuf.h"
#include "base/text.h"

static const char *nearest(const VerbTable *t, const char *name) {
        Nearest n = nearest_to(name);

        for (size_t i = 0; i < t->n; i++)
                nearest_consider(&n, t->rows[i].name);
        return n.best;
}

static int refuse_none(const VerbTable *t, Diag *diag) {
        _cleanup_(strbuf_done) StrBuf names = { 0 };
        _cleanup_free_ char *list = NULL;

        for (size_t i = 0; i < t->n; i++)
                strbuf_addf(&names, "%s%s",
                            i == 0          ? ""
                            : i + 1 == t->n ? " or "
                                            : ", ",
                            t->rows[i].name);
        if (strbuf_take(&names, &list) < 0)
                return -ENOMEM;
        return diag_error(diag, -EINVAL, "a verb is missing; use %s", list);
}

static int refuse_unknown(const VerbTable *t, const char *name, Diag *diag) {
        const char *best = nearest(t, name);
        char excerpt[TEXT_EXCERPT_MAX];

        text_excerpt(name, excerpt);
        if (best)
                return diag_error(diag, -EINVAL, "unknown verb \"%s\"; did you mean \"%s\"?",
                                  excerpt, best);
        return diag_error(diag, -EINVAL, "unknown verb \"%s\"; --help lists them all", excerpt);
}

static int count_arguments(const Verb *v, int argc, char *argv[], Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];

        if (argc - 1 < v->min)
                return diag_error(diag, -EINVAL, "%s: an argument is missing; it is \"%s %s\"",
                                  v->name, v->name, v->arguments ? v->arguments : "");
        if (argc - 1 <= v->max)
                return 0;
        text_excerpt(argv[v->max + 1], excerpt);
        return diag_error(diag, -EINVAL, "%s: argument \"%s\" is too much; it is \"%s%s%s\"",
                          v->name, excerpt, v->name, v->arguments ? " " : "",
                          v->arguments ? v->arguments : "");
}

int verb_find(const VerbTable *t, int argc, char *argv[], const Verb **ret, Diag *diag) {
        if (argc < 1)
                return refuse_none(t, diag);
        for (size_t i = 0; i < t->n; i++) {
                int r;

                if (!text_eq(t->rows[i].name, argv[0]))
                        continue;
                r = count_arguments(&t->rows[i], argc, argv, diag);
                if (r < 0)
                        return r;
                *ret = &t->rows[i];
                return 0;
        }
        return refuse_unknown(t, argv[0], diag);
}

size_t verb_label(const Verb *v, char ret[static VERB_LABEL_MAX]) {
        int length = snprintf(ret, VERB_LABEL_MAX, "%s%s%s", v->name, v->arguments ? " " : "",
                              v->arguments ? v->arguments : "");

        return MIN_OF((size_t)length, (size_t)VERB_LABEL_MAX - 1);
}
