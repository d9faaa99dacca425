/*
 * Prints what people read of directives.def: svalinn.directives(7), and the
 * names and words that the completion of the shell offers.
 *
 * It runs while the project is built, on the machine that builds, so it reads the rows by itself
 * and links nothing of the product but the words of enumerations.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define DIRECTIVES_FOR_PEOPLE
#include "units/directive.h"
#include "units/enums.h"

/* The "param" column in words; for enumerations it points to their names. */
#define RANGE(lo, hi)                      "a number from " #lo " to " #hi
#define RANGE_OR(lo, hi, word, value)      "a number from " #lo " to " #hi ", or " word
#define UNSIGNED                           "a number"
#define LIMIT(name, how)                   NULL
#define SIZE_OR_ZERO                       NULL
#define COUNT                              "a number, a percentage, or infinity"
#define SHARE                              "a percentage"
#define TEXT(called, check)                called
#define WORDS(called, check)               called
#define QUOTED(called, check)              called
#define LINES(called, check)               called
#define SPLIT_AT(separator, called, check) called
#define NANOSECONDS                        "a time span; a bare number counts nanoseconds"
#define ZERO_IS_NEVER                      "a time span; 0 and infinity mean never"
#define PATH_RELATIVE                      "a path"
#define NO_SYMLINKS                        NULL
#define STREAM_INPUT                       NULL
#define STREAM_OUTPUT                      NULL

typedef struct Row {
        unsigned sections; /* 0: a heading */
        const char *name;  /* of the heading: the manual page */
        const char *type;  /* the third column */
        const void *param;
        const char *initial;
        unsigned flags;
        const char *exposed;
        const char *text; /* of the heading: its title */
} Row;

static const Row rows[] = {
#define TOPIC(page, title) { .name = page, .text = title },
#define DIRECTIVE(in, id, kind, with, field, first, bits, points, why, says) \
        { in, #id, #kind, with, first, bits, why, says },
#define DIRECTIVE_SHARED(in, id, kind, with, field, first, bits, points, why, says) \
        { in, #id, #kind, with, first, bits, why, says },
#include "units/directives.def"
};

static const struct {
        unsigned sections;
        const char *name, *target, *other;
} aliases[] = {
#define ALIAS_BOTH(in, old, target_in, one, two) { in, #old, #one, #two },
#include "units/directives.def"
};

/* What the types are for people. Those with "%s" say what the param says, or else the word behind
 * the bar. */
static const struct {
        const char *type, *words, *without;
} kinds[] = {
        { "boolean", "yes or no", NULL },
        { "string", "%s", "text" },
        { "words", "%s ...", "word" },
        { "integer", "%s", "a number" },
        { "size", "a size in bytes, with K, M, G or T", NULL },
        { "limit", "%s", "a size in bytes, with K, M, G or T, a percentage, or infinity" },
        { "time_span", "%s", "a time span" },
        { "mode", "an access mode, octal", NULL },
        { "signal", "a signal", NULL },
        { "path", "%s", "an absolute path" },
        { "paths",
          "path ...; - before it lets it be missing, + before it means below the root directory",
          NULL },
        { "binds", "SOURCE:DESTINATION:OPTIONS ...", NULL },
        { "tmpfs", "PATH:OPTIONS ...", NULL },
        { "directories", "NAME or NAME:SYMLINK ...", NULL },
        { "environment", "NAME=VALUE ...", NULL },
        { "environment_file", "a path, or a pattern", NULL },
        { "commands", "a command line; several lines are several commands", NULL },
        { "rlimit", "a limit, or SOFT:HARD", NULL },
        { "capabilities", "capability ...; ~ before the first inverts the list", NULL },
        { "syscalls", "system call or @group ...; ~ before the first inverts the list", NULL },
        { "families", "address family ...; ~ before the first inverts the list", NULL },
        { "namespaces", "yes, no, or kind of namespace ...; ~ before the first inverts the list",
          NULL },
        { "exit_statuses", "exit status or signal, by name or number ...", NULL },
        { "working_directory", "an absolute path, or ~", NULL },
        { "stream", "one of the words above", NULL },
        { "conditions", "%s; ! before it inverts it, | makes one of several suffice", "text" },
        { "tagged", "%s; several lines add up", "text" },
        { "errno_number", "the name or number of an error, or kill", NULL },
        { "hostname", "yes, no, private, or private:NAME", NULL },
};

static bool is_heading(const Row *row) {
        return row->sections == 0;
}

static bool is_enumeration(const Row *row) {
        return strcmp(row->type, "enumeration") == 0;
}

/* Text of mdoc(7): a backslash would begin an escape, a dot at the beginning a request. */
static void print_text(const char *text) {
        if (*text == '.' || *text == '\'')
                fputs("\\&", stdout);
        for (; *text; text++)
                fputs(*text == '\\' ? "\\e" : (char[]){ *text, '\0' }, stdout);
}

static void print_sections(unsigned in) {
        const char *between = "";

        for (unsigned bit = 1; bit <= in; bit <<= 1) {
                if (!(in & bit))
                        continue;
                printf("%s[%s]", between, section_name((Section)bit));
                between = ", ";
        }
}

static void print_words(const EnumNames *e) {
        const char *between = "";

        for (size_t i = 0; i < e->n; i++) {
                if (*e->names[i] == '\0')
                        continue;
                printf("%s%s", between, e->names[i]);
                between = ", ";
        }
}

static void print_type(const Row *row) {
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                const char *mark = strstr(kinds[i].words, "%s");

                if (strcmp(kinds[i].type, row->type) != 0)
                        continue;
                if (mark)
                        printf("%.*s%s%s", (int)(mark - kinds[i].words), kinds[i].words,
                               row->param ? (const char *)row->param : kinds[i].without, mark + 2);
                else
                        fputs(kinds[i].words, stdout);
        }
}

/* The initial value as people see it. */
static const char *initial_of(const Row *row) {
        if (row->initial)
                return row->initial;
        if (strcmp(row->type, "boolean") == 0)
                return "no";
        return is_enumeration(row) ? ((const EnumNames *)row->param)->names[0] : "";
}

static const char *state_of(const Row *row) {
        if (row->flags & DESCRIPTIVE)
                return "For people.";
        if (row->flags & SUPERVISION)
                return row->flags & MANAGED ? "Supervision." : "Supervision, not there yet.";
        if (row->flags & MANAGED)
                return "Enforced by svmanager.";
        return row->flags & NOT_ENFORCED ? "Not enforced yet." : "Enforced.";
}

static void print_directive(const Row *row) {
        printf(".It Va %s Ns =\n", row->name);
        print_text(row->text);
        if (row->exposed)
                printf("\nWithout it: %c%s.", tolower((unsigned char)*row->exposed),
                       row->exposed + 1);
        printf("\n.br\n%s\nValue: ", state_of(row));
        if (is_enumeration(row))
                print_words(row->param);
        else
                print_type(row);
        if (*initial_of(row))
                printf("; default: %s", initial_of(row));
        putchar('\n');
}

/* The sections that all rows under the heading share, or 0. */
static unsigned common_sections(const Row *heading) {
        unsigned common = heading[1].sections;

        for (const Row *row = heading + 1; row < rows + ARRAY_SIZE(rows) && !is_heading(row); row++)
                if (row->sections != common)
                        return 0;
        return common;
}

static void print_heading(const Row *row, const char *page) {
        if (!page || strcmp(page, row->name) != 0) {
                fputs(".Sh ", stdout);
                for (const char *p = row->name; *p; p++)
                        putchar(toupper((unsigned char)*p));
                puts("(5)");
        }
        printf(".Ss %s\n", row->text);
        if (common_sections(row)) {
                fputs("In ", stdout);
                print_sections(common_sections(row));
                puts(".");
        }
        puts(".Bl -tag -width Ds");
}

static void print_rows(void) {
        const Row *heading = NULL;

        for (const Row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
                if (is_heading(row)) {
                        if (heading)
                                puts(".El");
                        print_heading(row, heading ? heading->name : NULL);
                        heading = row;
                        continue;
                }
                print_directive(row);
                if (heading && !common_sections(heading)) {
                        fputs("In ", stdout);
                        print_sections(row->sections);
                        puts(".");
                }
        }
        puts(".El");
}

static void print_aliases(void) {
        puts(".Sh OTHER NAMES\n"
             "These are understood, too, and mean what stands behind them.\n"
             ".Bl -tag -width Ds");
        for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
                printf(".It Va %s Ns =\n.Va %s Ns =", aliases[i].name, aliases[i].target);
                if (*aliases[i].other)
                        printf("\nand\n.Va %s Ns =", aliases[i].other);
                fputs(",\nin ", stdout);
                print_sections(aliases[i].sections);
                puts(".");
        }
        puts(".El");
}

static void print_manual(void) {
        puts(".\\\" Written by docs/gen-directives.c from units/directives.def.\n"
             ".Dd November 23, 2026\n"
             ".Dt SVALINN.DIRECTIVES 7\n"
             ".Os\n"
             ".Sh NAME\n"
             ".Nm svalinn.directives\n"
             ".Nd settings of units, and what becomes of them\n"
             ".Sh DESCRIPTION\n"
             "Units are written as\n"
             ".Xr systemd.unit 5\n"
             "and the pages that it names describe.\n"
             "This page lists every setting that is understood, grouped by the page that has its\n"
             "details, and says of each:\n"
             ".Bl -tag -width Ds\n"
             ".It Enforced.\n"
             "It takes effect, or the start fails and names the setting and the reason.\n"
             ".It Enforced by svmanager.\n"
             "The same, in services of\n"
             ".Xr svmanager 8 .\n"
             ".Xr svrun 1 ,\n"
             "which runs one command, treats it as not enforced.\n"
             ".It Supervision.\n"
             "It concerns dependencies, restarts, time, logs and the like, and\n"
             ".Xr svmanager 8\n"
             "acts on it, unless it is\n"
             ".Dq not there yet .\n"
             ".Xr svrun 1\n"
             "says that it leaves it out, and goes on.\n"
             ".It Not enforced yet.\n"
             "It is read and checked, and whoever uses it is told that nothing acts on it.\n"
             "With\n"
             ".Va Enforce Ns = Ns Cm strict\n"
             "the start is refused.\n"
             ".It For people.\n"
             "There is nothing to act on.\n"
             ".El\n"
             ".Pp\n"
             "Where a value ends in dots, it is a list: more words may follow, and more lines add "
             "to it.\n"
             "An empty value takes back what was assigned before.\n"
             "Names that begin with\n"
             ".Dq X-\n"
             "are free for private use and passed over.\n"
             "A wrong line is named, with its place and what would be right, and the others "
             "count.");
        print_rows();
        print_aliases();
        puts(".Sh SEE ALSO\n"
             ".Xr svanalyze 1 ,\n"
             ".Xr svrun 1 ,\n"
             ".Xr svmanager 8 ,\n"
             ".Xr systemd.exec 5 ,\n"
             ".Xr systemd.service 5 ,\n"
             ".Xr systemd.unit 5");
}

static bool is_path(const Row *row) {
        static const char *const types[] = {
                "path", "paths", "binds", "tmpfs", "environment_file", "working_directory"
        };

        for (size_t i = 0; i < ARRAY_SIZE(types); i++)
                if (strcmp(row->type, types[i]) == 0)
                        return true;
        return false;
}

/* One line a name: the name, and the words that it takes, where these are few; "/" for paths. */
static void print_completion(void) {
        for (const Row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
                if (is_heading(row) || !(row->sections & (SECTION_UNIT | SECTION_SERVICE)))
                        continue;
                fputs(row->name, stdout);
                if (strcmp(row->type, "boolean") == 0)
                        fputs(" yes no", stdout);
                if (is_path(row))
                        fputs(" /", stdout);
                for (size_t i = 0; is_enumeration(row) && i < ((const EnumNames *)row->param)->n;
                     i++)
                        if (*((const EnumNames *)row->param)->names[i])
                                printf(" %s", ((const EnumNames *)row->param)->names[i]);
                putchar('\n');
        }
}

int main(int argc, char *argv[]) {
        static const struct {
                const char *name;
                void (*print)(void);
        } outputs[] = {
                { "manual", print_manual },
                { "completion", print_completion },
        };

        for (size_t i = 0; argc == 2 && i < ARRAY_SIZE(outputs); i++) {
                if (strcmp(argv[1], outputs[i].name) == 0) {
                        outputs[i].print();
                        return ferror(stdout) || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
                }
        }
        fputs("gen-directives: name one thing to print: manual or completion\n", stderr);
        return 2;
}
