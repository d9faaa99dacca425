/*
 * What the main of every program for people has in common: --help that fits one
 * screen, --version, and errors as one line "PROGRAM: ..." on stderr with exit
 * status 2. Unlike the other parts of base this one prints, for it is a piece of
 * main.
 *
 *     int main(int argc, char *argv[]) {
 *             Settings settings = { 0 };
 *
 *             return program_main(&program, argc, argv, &settings);
 *     }
 */
#pragma once

#include "base/option.h"
#include "base/verb.h"

/* The exit status of a wrong command line. */
#define PROGRAM_EXIT_USAGE 2

/* The verbs that an option goes with, blanks between. Two options may share a letter when no verb
 * takes both, and both take an argument or neither does: the verb decides which is meant. */
typedef struct OptionVerbs {
        int id; /* 1 to 63 */
        const char *verbs;
} OptionVerbs;

typedef struct Program {
        const char *name;    /* "svanalyze" */
        const char *usage;   /* what follows the name: "[OPTION]... VERB [ARGUMENT]..." */
        const char *summary; /* one line: what it is good for */
        const char *manual;  /* "svanalyze(1)" */
        OptionTable options;
        VerbTable verbs;          /* empty: the program has none */
        const char *default_verb; /* where the command line names none; NULL: that is wrong */

        /* Options that no row names go with all verbs. With rows, "VERB --help" lists those of the
         * verb. */
        const OptionVerbs *option_verbs;
        size_t n_option_verbs;
} Program;

/* Parses the options. Returns the index of the first other argument (from 1), 0 when the program
 * is done (help or version was shown; exit 0), or a negative errno when the command line is wrong
 * and this was said (exit PROGRAM_EXIT_USAGE). CONTEXT goes to the handler of the options. */
int program_options(const Program *p, int argc, char *argv[], void *context);

/* program_options(), then the verb, which gets the same CONTEXT. Returns the exit status. */
int program_main(const Program *p, int argc, char *argv[], void *context);

/* Says "PROGRAM: message" on stderr; returns PROGRAM_EXIT_USAGE. */
int program_usage_error(const Program *p, const char *format, ...) _printf_(2, 3);

/* VERB may be NULL: of all. */
void program_print_help(const Program *p, const Verb *verb, FILE *to);
