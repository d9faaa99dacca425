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

typedef struct Program {
        const char *name;    /* "svanalyze" */
        const char *usage;   /* what follows the name: "[OPTION]... VERB [ARGUMENT]..." */
        const char *summary; /* one line: what it is good for */
        const char *manual;  /* "svanalyze(1)" */
        OptionTable options;
        VerbTable verbs; /* empty: the program has none */
} Program;

/* Parses the options. Returns the index of the first other argument (from 1), 0 when the program
 * is done (help or version was shown; exit 0), or a negative errno when the command line is wrong
 * and this was said (exit PROGRAM_EXIT_USAGE). CONTEXT goes to the handler of the options. */
int program_options(const Program *p, int argc, char *argv[], void *context);

/* program_options(), then the verb, which gets the same CONTEXT. Returns the exit status. */
int program_main(const Program *p, int argc, char *argv[], void *context);

/* Says "PROGRAM: message" on stderr; returns PROGRAM_EXIT_USAGE. */
int program_usage_error(const Program *p, const char *format, ...) _printf_(2, 3);

void program_print_help(const Program *p, FILE *to);
