/*
 * Help, version and complaints of a program, from its tables.
 *
 * The help keeps to 80 columns whatever the terminal has: labels that are longer
 * than their column get a line of their own.
 */
#include "base/program.h"

#include <string.h>

#include "base/terminal.h"

#define LABEL_COLUMN_MAX 32

typedef struct Call {
        const Program *program;
        void *context;
} Call;

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

static void print_rare_options(const OptionTable *t, FILE *to) {
        size_t column = 0;

        for (size_t i = 0; i < t->n; i++) {
                char label[OPTION_LABEL_MAX];

                if (t->rows[i].help)
                        continue;
                if (column == 0)
                        print_heading("More options", to);
                option_label(&t->rows[i], label);
                print_word(strstr(label, "--"), &column, to);
        }
        if (column > 0)
                fputc('\n', to);
}

void program_print_help(const Program *p, FILE *to) {
        size_t column = label_column(p);

        fprintf(to, "%s %s\n%s.\n", p->name, p->usage, p->summary);
        if (p->verbs.n > 0)
                print_heading("Verbs", to);
        for (size_t i = 0; i < p->verbs.n; i++) {
                char label[VERB_LABEL_MAX];

                verb_label(&p->verbs.rows[i], label);
                if (p->verbs.rows[i].help)
                        print_row(label, column, p->verbs.rows[i].help, to);
        }
        print_rare_verbs(&p->verbs, to);
        print_heading("Options", to);
        for (size_t i = 0; i < p->options.n; i++) {
                char label[OPTION_LABEL_MAX];

                option_label(&p->options.rows[i], label);
                if (p->options.rows[i].help)
                        print_row(label, column, p->options.rows[i].help, to);
        }
        print_rare_options(&p->options, to);
        fprintf(to, "\nThe manual is %s.\n", p->manual);
}

static int take_standard(int id, const char *value, void *context, Diag *diag) {
        const Call *call = context;

        switch (id) {
        case OPTION_HELP:
                program_print_help(call->program, stdout);
                return 1;
        case OPTION_VERSION:
                printf("%s (Svalinn) %s\n", call->program->name, SVALINN_VERSION);
                return 1;
        default:
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

int program_options(const Program *p, int argc, char *argv[], void *context) {
        _cleanup_(diag_done) Diag diag = { 0 };
        OptionTable table = p->options;
        Call call = { .program = p, .context = context };
        int r;

        table.take = take_standard;
        r = option_parse(&table, argc, argv, &call, &diag);
        if (r < 0)
                print_first(p, &diag);
        return r;
}

int program_main(const Program *p, int argc, char *argv[], void *context) {
        _cleanup_(diag_done) Diag diag = { 0 };
        const Verb *verb = NULL;
        int first, status;

        first = program_options(p, argc, argv, context);
        if (first < 0)
                return PROGRAM_EXIT_USAGE;
        if (first == 0)
                return flush_stdout(p) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
        if (verb_find(&p->verbs, argc - first, argv + first, &verb, &diag) < 0) {
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
