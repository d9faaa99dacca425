/*
 * "svctl list-units" and "svctl list-jobs": tables, as wide as what is in them.
 */
#include <stdio.h>
#include <string.h>

#include "base/terminal.h"
#include "base/text.h"
#include "supervisor/tools/ctl/ctl.h"
#include "supervisor/tools/ctl/names.h"
#include "supervisor/tools/ctl/pager.h"

enum { UNIT_COLUMNS = 5, JOB_COLUMNS = 4 };

static const char *cell(json_object *row, size_t column) {
        return client_plain(json_object_array_get_idx(row, column));
}

typedef struct Table {
        const char *const *titles;
        const size_t *columns; /* of the rows */
        size_t n;
        const char *foot; /* behind the number of rows; NULL: none */
} Table;

/* Is the row of a unit that is not as it should be? */
static bool is_bad(json_object *row) {
        const char *load = cell(row, 2);

        return text_eq(cell(row, 3), "failed") || text_eq(load, "not-found") ||
               text_eq(load, "error") || text_eq(load, "bad-setting") || text_eq(load, "masked");
}

/* So many of the first N bytes of TEXT as are whole characters. */
static int whole(const char *text, size_t n) {
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
                n--;
        return (int)n;
}

typedef struct Look {
        const size_t *widths;
        size_t room; /* columns of the terminal; 0: no limit */
        bool marks;  /* a mark before what is bad */
} Look;

static void print_row(const Table *t, json_object *row, const Look *look, bool bold) {
        bool bad = look->marks && row && is_bad(row);
        size_t used = 0;

        fputs(bold ? TERMINAL_BOLD : "", stdout);
        if (look->marks) {
                fputs(bad ? "* " : "  ", stdout);
                used = 2;
        }
        for (size_t c = 0; c < t->n; c++) {
                const char *text = row ? cell(row, t->columns[c]) : t->titles[c];
                size_t n = strlen(text), left = look->room > used ? look->room - used : 0;

                if (c + 1 < t->n)
                        printf("%-*s ", (int)look->widths[c], text);
                else if (look->room > 0 && n > left && left > 3)
                        printf("%.*s...", whole(text, left - 3), text);
                else
                        fputs(text, stdout);
                used += look->widths[c] + 1;
        }
        puts(bold ? TERMINAL_NORMAL : "");
}

static void print_table(const Table *t, json_object *rows, const CtlSettings *s) {
        size_t widths[UNIT_COLUMNS] = { 0 };
        pid_t pager = pager_begin(s);
        bool colour = terminal_has_colour(STDOUT_FILENO);
        Look look = { .widths = widths,
                      .room = s->full ? 0 : terminal_columns(STDOUT_FILENO),
                      .marks = t->n == UNIT_COLUMNS && !s->plain };

        for (size_t c = 0; c < t->n; c++) {
                widths[c] = s->no_legend ? 0 : strlen(t->titles[c]);
                for (size_t i = 0; i < json_object_array_length(rows); i++)
                        widths[c] = MAX_OF(
                                widths[c],
                                strlen(cell(json_object_array_get_idx(rows, i), t->columns[c])));
        }
        if (!s->no_legend)
                print_row(t, NULL, &look, colour);
        for (size_t i = 0; i < json_object_array_length(rows); i++) {
                json_object *row = json_object_array_get_idx(rows, i);

                print_row(t, row, &look, colour && t->n == UNIT_COLUMNS && is_bad(row));
        }
        if (t->foot && !s->no_legend)
                printf("%zu %s\n", json_object_array_length(rows), t->foot);
        pager_end(pager);
}

/* One object a line, with the titles in small letters as keys. */
static void print_json(const Table *t, json_object *rows) {
        for (size_t i = 0; i < json_object_array_length(rows); i++) {
                _cleanup_json_ json_object *o = json_object_new_object();

                for (size_t c = 0; c < t->n; c++) {
                        char key[32];
                        size_t k = 0;

                        for (; t->titles[c][k] && k + 1 < sizeof(key); k++)
                                key[k] = (char)(t->titles[c][k] | 0x20);
                        key[k] = '\0';
                        json_object_object_add(
                                o, key,
                                json_object_get(json_object_array_get_idx(
                                        json_object_array_get_idx(rows, i), t->columns[c])));
                }
                puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
        }
}

static int by_name(const void *a, const void *b) {
        return strcmp(cell(*(json_object *const *)a, 0), cell(*(json_object *const *)b, 0));
}

static json_object *interesting(json_object *all, const CtlSettings *s) {
        json_object *kept = json_object_new_array();

        for (size_t i = 0; kept && i < json_object_array_length(all); i++) {
                json_object *row = json_object_array_get_idx(all, i);

                if (names_is_of_type(cell(row, 0), s->types) && names_is_worth(row, s))
                        (void)json_object_array_add(kept, json_object_get(row));
        }
        if (kept)
                json_object_array_sort(kept, by_name);
        return kept;
}

int ctl_list_units(int argc, char *argv[], void *context) {
        static const char *const titles[] = { "UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION" };
        static const size_t columns[] = { 0, 2, 3, 4, 1 };
        static const Table table = { titles, columns, UNIT_COLUMNS, "units" };
        const CtlSettings *settings = context;
        _cleanup_json_ json_object *all = NULL, *kept = NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);

        if (status == 0)
                status = client_units(bus, &(ClientFilter){ argv + 1, settings->states }, &all);
        if (status)
                return status;
        kept = interesting(all, settings);
        if (!kept)
                return 1;
        if (settings->json)
                print_json(&table, kept);
        else
                print_table(&table, kept, settings);
        return 0;
}

int ctl_list_jobs(int argc, char *argv[], void *context) {
        static const char *const titles[] = { "JOB", "UNIT", "TYPE", "STATE" };
        static const size_t columns[] = { 0, 1, 2, 3 };
        static const Table table = { titles, columns, JOB_COLUMNS, NULL };
        const CtlSettings *settings = context;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        _cleanup_json_ json_object *jobs = NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);

        if (status == 0)
                status = client_call(bus, &(ClientCall){ "ListJobs", "list jobs" }, &reply, "");
        if (status == 0)
                status = client_read(reply, &jobs);
        if (status)
                return status;
        if (settings->json)
                print_json(&table, jobs);
        else if (json_object_array_length(jobs) > 0)
                print_table(&table, jobs, settings);
        else if (!settings->no_legend)
                puts("No jobs");
        return 0;
}
