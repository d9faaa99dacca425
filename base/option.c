/*
 * From the table to getopt_long() and back. getopt_long() stays silent; what it
 * objects to is said here, with the option's name and what would be right.
 */
#include "base/option.h"

#include <getopt.h>
#include <string.h>

#include "base/kernel-word.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/text.h"

/* Long options answer with their index above every letter, so that one number names the row. */
#define LONG_BASE 256

typedef struct Tables {
        struct option longs[OPTION_MAX + 1];
        char letters[2 + 2 * OPTION_MAX + 1]; /* "+:" and two for each row */
} Tables;

static void tables_fill(Tables *to, const OptionTable *t) {
        char *p = to->letters;

        assert(t->n <= OPTION_MAX);
        if (t->stop_at_first)
                *p++ = '+';
        *p++ = ':'; /* tell a missing value from an unknown option */
        for (size_t i = 0; i < t->n; i++) {
                const Option *o = &t->rows[i];

                to->longs[i] = (struct option){
                        .name = o->name,
                        .has_arg = o->argument ? required_argument : no_argument,
                        .val = LONG_BASE + (int)i,
                };
                if (!o->letter)
                        continue;
                *p++ = o->letter;
                if (o->argument)
                        *p++ = ':';
        }
        *p = '\0';
        to->longs[t->n] = (struct option){ 0 };
}

static const Option *row_of(const OptionTable *t, int value) {
        if (value >= LONG_BASE && value < LONG_BASE + (int)t->n)
                return &t->rows[value - LONG_BASE];
        for (size_t i = 0; i < t->n; i++)
                if (value > 0 && t->rows[i].letter == value)
                        return &t->rows[i];
        return NULL;
}

static const char *nearest(const OptionTable *t, const char *name) {
        Nearest n = nearest_to(name);

        for (size_t i = 0; i < t->n; i++)
                nearest_consider(&n, t->rows[i].name);
        return n.best;
}

/* The first two rows whose names begin with NAME: more than one makes the name ambiguous. */
static size_t beginning_with(const OptionTable *t, const char *name, const Option *ret[static 2]) {
        size_t n = 0;

        for (size_t i = 0; i < t->n && n < 2; i++)
                if (text_after(t->rows[i].name, name))
                        ret[n++] = &t->rows[i];
        return n;
}

static int refuse_long(const OptionTable *t, const char *argument, Diag *diag) {
        char name[TEXT_EXCERPT_MAX];
        const Option *pair[2];
        const char *best;

        text_excerpt(argument + strspn(argument, "-"), name);
        name[strcspn(name, "=")] = '\0';
        if (*name && beginning_with(t, name, pair) == 2)
                return diag_error(diag, -EINVAL,
                                  "option --%s can mean --%s or --%s; write it in full", name,
                                  pair[0]->name, pair[1]->name);
        best = nearest(t, name);
        if (best)
                return diag_error(diag, -EINVAL, "unknown option --%s; did you mean --%s?", name,
                                  best);
        return diag_error(diag, -EINVAL, "unknown option --%s; --help lists them all", name);
}

/* What getopt_long() left behind tells which of its complaints this is. */
static int refuse(const OptionTable *t, int answer, char *argv[], Diag *diag) {
        const Option *o = row_of(t, optopt);

        if (o && answer == ':')
                return diag_error(diag, -EINVAL, "option --%s needs a value: --%s=%s", o->name,
                                  o->name, o->argument);
        if (o)
                return diag_error(diag, -EINVAL, "option --%s takes no value; write just --%s",
                                  o->name, o->name);
        if (optopt > ' ' && optopt < 127)
                return diag_error(diag, -EINVAL, "unknown option -%c; --help lists them all",
                                  optopt);
        if (optopt != 0)
                return diag_error(diag, -EINVAL,
                                  "unknown option letter, not in ASCII; --help lists them all");
        return refuse_long(t, argv[optind - 1], diag);
}

static int hand_over(const Option *o, OptionHandler *take, void *context, Diag *diag) {
        char dashed[OPTION_LABEL_MAX];
        const char *outer = diag->directive;
        int r;

        snprintf(dashed, sizeof(dashed), "--%s", o->name);
        diag->directive = dashed;
        r = take(o->id, o->argument ? optarg : NULL, context, diag);
        diag->directive = outer;
        return r;
}

int option_parse(const OptionTable *t, int argc, char *argv[], void *context, Diag *diag) {
        Tables tables;

        tables_fill(&tables, t);
        optind = 0; /* makes glibc forget an earlier run */
        opterr = 0;
        for (;;) {
                int answer = getopt_long(argc, argv, tables.letters, tables.longs, NULL);
                const Option *o;
                int r;

                if (answer == -1)
                        return optind;
                o = answer == '?' || answer == ':' ? NULL : row_of(t, answer);
                r = o ? hand_over(o, t->take, context, diag) : refuse(t, answer, argv, diag);
                if (r != 0)
                        return r < 0 ? r : 0;
        }
}

size_t option_label(const Option *o, char ret[static OPTION_LABEL_MAX]) {
        char letter[] = { '-', o->letter, '\0' };
        int length = snprintf(ret, OPTION_LABEL_MAX, "%2s --%s%s%s", o->letter ? letter : "",
                              o->name, o->argument ? "=" : "", o->argument ? o->argument : "");

        return MIN_OF((size_t)length, (size_t)OPTION_LABEL_MAX - 1);
}

int option_take_number(const char *value, OptionRange range, uint32_t *ret, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];
        uint32_t n;

        if (number_parse_u32(value, 10, &n) < 0 || n < range.min || n > range.max)
                return diag_error(diag, -EINVAL, "\"%s\" is no number from %u to %u",
                                  text_excerpt(value, excerpt), range.min, range.max);
        *ret = n;
        return 0;
}

int option_take_choice(const char *value, const char *const names[], size_t n, Diag *diag) {
        _cleanup_(strbuf_done) StrBuf known = { 0 };
        char excerpt[TEXT_EXCERPT_MAX];

        for (size_t i = 0; i < n; i++) {
                if (names[i] && text_eq(value, names[i]))
                        return (int)i;
                if (names[i])
                        strbuf_addf(&known, "%s%s", known.length ? ", " : "", names[i]);
        }
        return diag_error(diag, -EINVAL, "\"%s\" is none of: %s", text_excerpt(value, excerpt),
                          known.text ? known.text : "");
}

void option_take_kernel_words(const OptionTable *t, const char *prefix, void *context, Diag *diag) {
        char key[OPTION_LABEL_MAX], value[KERNEL_WORD_MAX];

        for (size_t i = 0; i < t->n; i++) {
                snprintf(key, sizeof(key), "%s.%s", prefix, t->rows[i].name);
                if (!t->rows[i].argument || !kernel_word(key, value, sizeof(value)))
                        continue;
                diag->directive = key;
                (void)t->take(t->rows[i].id, value, context, diag);
                diag->directive = NULL;
        }
}
