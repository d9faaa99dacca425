/*
 * "svctl list-units" and "svctl list-jobs": tables, as wide as what is in them.
 */
#include <stdio.h>
#include <string.h>

#include "base/terminal.h"
#include "base/text.h"
#include "supervisor/tools/ctl/client.h"
#include "supervisor/tools/ctl/ctl.h"

enum { UNIT_COLUMNS = 5, JOB_COLUMNS = 4 };

static const char *cell(json_object *row, size_t column) {
        return client_plain(json_object_array_get_idx(row, column));
}

typedef struct Table {
        const char *const *titles;
        const size_t *columns; /* of the rows */
        size_t n;
} Table;

static void print_row(const Table *t, json_object *row, const size_t *widths, bool bold) {
        fputs(bold ? TERMINAL_BOLD : "", stdout);
        for (size_t c = 0; c < t->n; c++) {
                const char *text = row ? cell(row, t->columns[c]) : t->titles[c];

                if (c + 1 < t->n)
                        printf("%-*s ", (int)widths[c], text);
                else
                        fputs(text, stdout);
        }
        puts(bold ? TERMINAL_NORMAL : "");
}

static void print_table(const Table *t, json_object *rows) {
        size_t widths[UNIT_COLUMNS] = { 0 };
        bool colour = terminal_has_colour(STDOUT_FILENO);

        for (size_t c = 0; c < t->n; c++) {
                widths[c] = strlen(t->titles[c]);
                for (size_t i = 0; i < json_object_array_length(rows); i++)
                        widths[c] = MAX_OF(
                                widths[c],
                                strlen(cell(json_object_array_get_idx(rows, i), t->columns[c])));
        }
        print_row(t, NULL, widths, colour);
        for (size_t i = 0; i < json_object_array_length(rows); i++) {
                json_object *row = json_object_array_get_idx(rows, i);

                print_row(t, row, widths,
                          colour && t->n == UNIT_COLUMNS && text_eq(cell(row, 3), "failed"));
        }
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

/* What is up, on its way, failed, or has a job; all with --all and for patterns. */
static json_object *interesting(json_object *all, bool everything) {
        json_object *kept = json_object_new_array();

        for (size_t i = 0; kept && i < json_object_array_length(all); i++) {
                json_object *row = json_object_array_get_idx(all, i);

                if (everything || !text_eq(cell(row, 3), "inactive") ||
                    json_object_get_int64(json_object_array_get_idx(row, 7)) != 0)
                        (void)json_object_array_add(kept, json_object_get(row));
        }
        if (kept)
                json_object_array_sort(kept, by_name);
        return kept;
}

int ctl_list_units(int argc, char *argv[], void *context) {
        static const char *const titles[] = { "UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION" };
        static const size_t columns[] = { 0, 2, 3, 4, 1 };
        static const Table table = { titles, columns, UNIT_COLUMNS };
        const CtlSettings *settings = context;
        _cleanup_json_ json_object *all = NULL, *kept = NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);

        if (status == 0)
                status = client_units(bus, argc > 1 ? argv + 1 : NULL, &all);
        if (status)
                return status;
        kept = interesting(all, settings->all || argc > 1);
        if (!kept)
                return 1;
        if (settings->json) {
                print_json(&table, kept);
                return 0;
        }
        print_table(&table, kept);
        printf("%zu units\n", json_object_array_length(kept));
        return 0;
}

int ctl_list_jobs(int argc, char *argv[], void *context) {
        static const char *const titles[] = { "JOB", "UNIT", "TYPE", "STATE" };
        static const size_t columns[] = { 0, 1, 2, 3 };
        static const Table table = { titles, columns, JOB_COLUMNS };
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
        else if (json_object_array_length(jobs) == 0)
                puts("No jobs");
        else
                print_table(&table, jobs);
        return 0;
}
