/*
 * The verbs of a program as rows of a table: "svanalyze calendar EXPRESSION".
 * A verb's function sees its own name as argv[0] and its arguments behind it,
 * already counted.
 */
#pragma once

#include <limits.h>

#include "base/diag.h"

/* MAX of a verb that takes any number of arguments. */
#define VERB_ANY INT_MAX

typedef struct Verb {
        const char *name;
        const char *arguments; /* as the help shows them; NULL: takes none */
        int min, max;          /* how many */
        const char *help;      /* one line, no full stop; NULL: rare, --help only names it */

        /* CONTEXT is the program's settings. Says itself what goes wrong; returns the exit status.
         */
        int (*run)(int argc, char *argv[], void *context);
} Verb;

typedef struct VerbTable {
        const Verb *rows;
        size_t n;
} VerbTable;

/* The verb that ARGV[0] names, with its arguments counted. Returns 0, or -EINVAL with one entry in
 * DIAG; then *RET is untouched. ARGC may be 0. */
int verb_find(const VerbTable *t, int argc, char *argv[], const Verb **ret, Diag *diag);

/* "calendar EXPRESSION..." for the help. Returns the length. */
#define VERB_LABEL_MAX 80
size_t verb_label(const Verb *v, char ret[static VERB_LABEL_MAX]);
