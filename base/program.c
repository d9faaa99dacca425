/*
 * Help, version and complaints of a program, from its tables.
 *
 * The help keeps to 80 columns whatever the terminal has: labels that are longer
 * than their column get a line of their own.
 */
#include "base/program.h"

#include <string.h>

#include "base/terminal.h"
#include "base/text.h"

#define LABEL_COLUMN_MAX 32

typedef struct Call {
        const Program *program;
        const Verb *verb; /* that the command line names, if its options go by verbs */
        void *context;
        uint64_t given; /* bits: ids of the options */
} Call;

/* ---- which options go with a verb ---- */

static bool is_among(const char *words, const char *word) {
        size_t n = strlen(word);

        for (const char *at = words; *at; at += strspn(at, " ")) {
                size_t length = strcspn(at, " ");

                if (length == n && memcmp(at, word, n) == 0)
                        return true;
                at += length;
        }
        return false;
}

static bool goes_with(const Program *p, const Verb *verb, int id) {
        for (size_t i = 0; verb && i < p->n_option_verbs; i++)
                if (p->option_verbs[i].id == id)
                        return is_among(p->option_verbs[i].verbs, verb->name);
        return true;
}

static int take_nothing(int id, const char *value, void *context, Diag *diag) {
        return 0;
}

/* The verb, before any option is taken; NULL where the command line has none. */
static const Verb *look_ahead(const Program *p, int argc, char *argv[]) {
        _cleanup_free_ char **copy = NULL;
        _cleanup_(diag_done) Diag diag = { 0 };
        OptionTable table = p->options;
        int first;

        if (p->n_option_verbs == 0)
                return NULL;
        copy = calloc((size_t)argc + 1, sizeof(char *));
        if (!copy)
                return NULL;
        memcpy(copy, argv, (size_t)argc * sizeof(char *));
        table.take = take_nothing;
        first = option_parse(&table, argc, copy, NULL, &diag);
        for (size_t i = 0; first > 0 && first < argc && i < p->verbs.n; i++)
                if (text_eq(p->verbs.rows[i].name, copy[first]))
                        return &p->verbs.rows[i];
        return NULL;
}

/* A letter stays with one option: the one that goes with the verb, else the first. */
static void settle_letters(const Program *p, const Verb *verb, Option rows[static OPTION_MAX]) {
        for (size_t i = 0; verb && i < p->options.n; i++)
                for (size_t k = 0; k < p->options.n; k++)
                        if (k != i && rows[i].letter && rows[k].letter == rows[i].letter &&
                            !goes_with(p, verb, rows[i].id) && goes_with(p, verb, rows[k].id))
                                rows[i].letter = 0;
}

static int check_options(const Call *call, const Verb *verb, Diag *diag) {
        const OptionTable *t = &call->program->options;

        for (size_t i = 0; i < t->n; i++) {
                const Option *o = &t->rows[i];

                if (o->id < 1 || o->id > 63 || !(call->given & (UINT64_C(1) << o->id)) ||
                    goes_with(call->program, verb, o->id))
                        continue;
                return diag_error(diag, -EINVAL,
                                  "option --%s does not go with \"%s\"; \"%s %s --help\" lists "
                                  "those that do",
                                  o->name, verb->name, call->program->name, verb->name);
        }
        return 0;
}

/* ---- help ---- */

static size_t label_column(const Program *p) {
        char label[MAX_OF(OPTION_LABEL_MAX, VERB_LABEL_MAX)];
        size_t widest = 0, length;

        for (size_t i = 0; i < p->options.n; i++) {
                length = option_label(&p->options.rows[i], label);
                if (p->options.rows[i].help && length <= LABEL_COLUMN_MAX)
                        widest = MAX_OF(widest, length);
        }
        for (size_t i = 0; i < p->verbs.n; i++) {
                length = verb_label(&p->verbs.rows[i], label);
                if (p->verbs.rows[i].help && length <= LABEL_COLUMN_MAX)
                        widest = MAX_OF(widest, length);
        }
        return widest;
}

static void print_row(const char *label, size_t column, const char *help, FILE *to) {
        if (strlen(label) > column)
                fprintf(to, "  %s\n  %*s  %s\n", label, (int)column, "", help);
        else
                fprintf(to, "  %-*s  %s\n", (int)column, label, help);
}

static void print_heading(const char *heading, FILE *to) {
        bool colour = terminal_has_colour(fileno(to));

        fprintf(to, "\n%s%s:%s\n", colour ? TERMINAL_BOLD : "", heading,
                colour ? TERMINAL_NORMAL : "");
}

/* ---- what is too rare for a line of its own ---- */

enum { WIDTH = 78 };

/* Words after each other, as many as fit on a line. *COLUMN is 0 at first. */
static void print_word(const char *word, size_t *column, FILE *to) {
        size_t n = strlen(word);

        if (*column == 0 || *column + 1 + n > WIDTH) {
                fprintf(to, "%s ", *column == 0 ? "" : "\n");
                *column = 1;
        }
        fprintf(to, " %s", word);
        *column += 1 + n;
}

static void print_rare_verbs(const VerbTable *t, FILE *to) {
        size_t column = 0;

        for (size_t i = 0; i < t->n; i++) {
                if (t->rows[i].help)
                        continue;
                if (column == 0)
                        print_heading("More verbs", to);
                print_word(t->rows[i].name, &column, to);
        }
        if (column > 0)
                fputc('\n', to);
}

static void print_rare_options(const Program *p, const Verb *verb, FILE *to) {
        const OptionTable *t = &p->options;
        size_t column = 0;

        for (size_t i = 0; i < t->n; i++) {
                char label[OPTION_LABEL_MAX];

                if (t->rows[i].help || !goes_with(p, verb, t->rows[i].id))
                        continue;
                if (column == 0)
                        print_heading("More options", to);
                option_label(&t->rows[i], label);
                print_word(strstr(label, "--"), &column, to);
        }
        if (column > 0)
                fputc('\n', to);
}

static void print_verbs(const Program *p, size_t column, FILE *to) {
        if (p->verbs.n > 0)
                print_heading("Verbs", to);
        for (size_t i = 0; i < p->verbs.n; i++) {
                char label[VERB_LABEL_MAX];

                verb_label(&p->verbs.rows[i], label);
                if (p->verbs.rows[i].help)
                        print_row(label, column, p->verbs.rows[i].help, to);
        }
        print_rare_verbs(&p->verbs, to);
}

void program_print_help(const Program *p, const Verb *verb, FILE *to) {
        size_t column = label_column(p);
        char label[MAX_OF(OPTION_LABEL_MAX, VERB_LABEL_MAX)];

        if (verb) {
                verb_label(verb, label);
                fprintf(to, "%s [OPTION]... %s\n", p->name, label);
                if (verb->help)
                        fprintf(to, "What it does: %s.\n", verb->help);
        } else {
                fprintf(to, "%s %s\n%s.\n", p->name, p->usage, p->summary);
                print_verbs(p, column, to);
        }
        print_heading("Options", to);
        for (size_t i = 0; i < p->options.n; i++) {
                const Option *o = &p->options.rows[i];

                option_label(o, label);
                if (o->help && goes_with(p, verb, o->id))
                        print_row(label, column, o->help, to);
        }
        print_rare_options(p, verb, to);
        fprintf(to, "\nThe manual is %s.\n", p->manual);
}

static int take_standard(int id, const char *value, void *context, Diag *diag) {
        Call *call = context;

        switch (id) {
        case OPTION_HELP:
                program_print_help(call->program, call->verb, stdout);
                return 1;
        case OPTION_VERSION:
                printf("%s (Svalinn) %s\n", call->program->name, SVALINN_VERSION);
                return 1;
        default:
                if (id < 64)
                        call->given |= UINT64_C(1) << id;
                return call->program->options.take(id, value, call->context, diag);
        }
}

/* Only the first complaint: the others usually follow from it. */
static void print_first(const Program *p, const Diag *diag) {
        _cleanup_free_ char *line = NULL;

        if (diag->n > 0 && diag_entry_format(&diag->entries[0], &line) == 0)
                fprintf(stderr, "%s: %s\n", p->name, line);
        else
                fprintf(stderr, "%s: the command line is wrong; see --help\n", p->name);
}

/* What was written must have arrived: "--help >/dev/full" is a failure. */
static int flush_stdout(const Program *p) {
        if (fflush(stdout) == 0 && !ferror(stdout))
                return 0;
        fprintf(stderr, "%s: writing to standard output: %s\n", p->name, strerror(errno));
        return -EIO;
}

static int take_options(Call *call, int argc, char *argv[]) {
        _cleanup_(diag_done) Diag diag = { 0 };
        const Program *p = call->program;
        OptionTable table = p->options;
        Option rows[OPTION_MAX];
        int r;

        assert(table.n <= OPTION_MAX);
        memcpy(rows, table.rows, table.n * sizeof(*rows));
        call->verb = look_ahead(p, argc, argv);
        settle_letters(p, call->verb, rows);
        table.rows = rows;
        table.take = take_standard;
        r = option_parse(&table, argc, argv, call, &diag);
        if (r < 0)
                print_first(p, &diag);
        return r;
}

int program_options(const Program *p, int argc, char *argv[], void *context) {
        return take_options(&(Call){ .program = p, .context = context }, argc, argv);
}

int program_main(const Program *p, int argc, char *argv[], void *context) {
        _cleanup_(diag_done) Diag diag = { 0 };
        Call call = { .program = p, .context = context };
        char *alone[] = { (char *)p->default_verb, NULL };
        const Verb *verb = NULL;
        int first = take_options(&call, argc, argv), status;

        if (first < 0)
                return PROGRAM_EXIT_USAGE;
        if (first == 0)
                return flush_stdout(p) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
        if (first == argc && p->default_verb) {
                argc = 1;
                argv = alone;
                first = 0;
        }
        if (verb_find(&p->verbs, argc - first, argv + first, &verb, &diag) < 0 ||
            check_options(&call, verb, &diag) < 0) {
                print_first(p, &diag);
                return PROGRAM_EXIT_USAGE;
        }
        status = verb->run(argc - first, argv + first, context);
        if (flush_stdout(p) < 0 && status == EXIT_SUCCESS)
                return EXIT_FAILURE;
        return status;
}

int program_usage_error(const Program *p, const char *format, ...) {
        va_list ap;

        fprintf(stderr, "%s: ", p->name);
        va_start(ap, format);
        vfprintf(stderr, format, ap);
        va_end(ap);
        fputc('\n', stderr);
        return PROGRAM_EXIT_USAGE;
}
