/*
 * Command-line options as rows of a table. The table is all that a program
 * writes: parsing, the lines of --help and the suggestions for a mistyped name
 * come from it.
 *
 *     static const Option options[] = {
 *             OPTION_STANDARD_ROWS,
 *             { "property", 'p', "NAME=VALUE", "set a directive", OPT_PROPERTY },
 *     };
 *
 * Understood are "--name=value", "--name value", "-nvalue", "-n value", bundled letters, unique
 * beginnings of long names, and "--" as the end of the options.
 */
#pragma once

#include <stdio.h>

#include "base/diag.h"

typedef struct Option {
        const char *name;     /* without the dashes; every option has a long name */
        char letter;          /* 0: none */
        const char *argument; /* what it takes, in capitals; NULL: nothing */
        const char *help;     /* one line, no full stop; NULL: rare, --help only names it */
        int id;               /* for the handler's switch, from 1; rows may share one */
} Option;

/* The ids of the rows that program.h handles itself. */
enum {
        OPTION_HELP = -1,
        OPTION_VERSION = -2,
};

/* clang-format off */
#define OPTION_STANDARD_ROWS                                             \
        { "help", 'h', NULL, "show this help", OPTION_HELP },            \
        { "version", 0, NULL, "show the version", OPTION_VERSION }
/* clang-format on */

/* More rows than this need another array size in option.c, and hardly fit on a screen. */
#define OPTION_MAX 64

/* Called once for each option in the order of the command line. VALUE is NULL for an option that
 * takes none, and lives as long as argv. Returns 0, a negative errno after diag_error(), or 1 to
 * end the parsing. */
typedef int OptionHandler(int id, const char *value, void *context, Diag *diag);

typedef struct OptionTable {
        const Option *rows;
        size_t n;
        OptionHandler *take;
        bool stop_at_first; /* what follows the first other argument belongs to somebody else */
} OptionTable;

/* Walks ARGV, which gets reordered: options first, unless the table says stop_at_first. CONTEXT
 * goes to the handler. Returns the index of the first other argument (from 1), 0 when the handler
 * ended the parsing, or a negative errno with one entry in DIAG. getopt_long() keeps its state in
 * the process: one caller at a time. */
int option_parse(const OptionTable *t, int argc, char *argv[], void *context, Diag *diag);

/* "-p --property=NAME=VALUE", room left for a letter that is not there. Returns the length. */
#define OPTION_LABEL_MAX 80
size_t option_label(const Option *o, char ret[static OPTION_LABEL_MAX]);

/* For handlers: a decimal number in a range, and the index of a word among N names, of which some
 * may be NULL. Return >= 0, or -EINVAL after diag_error() that says what would be right. */
typedef struct OptionRange {
        uint32_t min, max;
} OptionRange;
int option_take_number(const char *value, OptionRange range, uint32_t *ret, Diag *diag);
int option_take_choice(const char *value, const char *const names[], size_t n, Diag *diag);

/* Hands each option that takes an argument and stands as "PREFIX.NAME=VALUE" on the kernel's
 * command line to the handler, in the order of the table. DIAG's entries carry the key as
 * directive. */
void option_take_kernel_words(const OptionTable *t, const char *prefix, void *context, Diag *diag);
