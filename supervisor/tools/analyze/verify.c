/*
 * "svanalyze verify": what is wrong in units, before they are started. It says
 * of each line what a start would say, looks for the programs, and lists the
 * directives that nobody acts on yet.
 */
#include <stdio.h>
#include <string.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/analyze/accounts.h"
#include "supervisor/tools/analyze/programs.h"
#include "supervisor/tools/analyze/source.h"
#include "units/service.h"
#include "units/unit-name.h"

static int compare_text(const void *a, const void *b) {
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of directives that C uses and nobody enforces, sorted. */
static int list_not_enforced(const Config *c, char ***ret) {
        _cleanup_strv_ char **names = NULL;

        DIRECTIVE_FOREACH(d) {
                bool used = (d->flags & NOT_ENFORCED) && config_is_assigned(c, d);
                int r = used && !strv_contains(names, d->name) ? strv_add(&names, d->name) : 0;

                if (r < 0)
                        return r;
        }
        if (names)
                qsort(names, strv_length(names), sizeof(char *), compare_text);
        *ret = TAKE_PTR(names);
        return 0;
}

static int read_unit(const Source *s, const LoadedUnit *u, Config *c, Diag *diag) {
        _cleanup_free_ char *name = NULL;
        SpecifierContext specifiers;
        ParseContext context = { diag, &specifiers };
        int r = source_specifiers(s, u, &name, &specifiers);

        for (size_t i = 0; i < u->n && r >= 0; i++)
                r = config_parse_text(c, u->files[i].path, u->files[i].text, u->files[i].size,
                                      &context);
        return r;
}

/* Fills DIAG and *RET_NOT_ENFORCED; errors stand in DIAG. */
static void look_at(Source *s, const char *argument, Diag *diag, char ***ret_not_enforced) {
        _cleanup_(load_done) LoadedUnit u = { 0 };
        _cleanup_(config_done) Config c;

        if (config_init(&c) < 0) {
                diag_error(diag, -ENOMEM, "not enough memory");
                return;
        }
        if (source_load(s, argument, diag, &u) < 0)
                return;
        diag->file = u.fragment;
        if (u.masked)
                diag_note(diag, "the unit is masked, and cannot be started");
        if (read_unit(s, &u, &c, diag) < 0)
                return;
        diag->file = u.fragment;
        diag->line = 0;
        if (text_ends_with(u.id, ".service") && !u.masked)
                (void)service_check(&c, diag);
        programs_check(&c, s->path.root_fd, diag);
        /* the user of a template is often named after the instance, which is made up here */
        if (unit_name_kind(u.id) != UNIT_NAME_TEMPLATE)
                accounts_check(&c, s->path.root_fd, diag);
        diag->file = NULL;
        if (list_not_enforced(&c, ret_not_enforced) < 0)
                diag_error(diag, -ENOMEM, "not enough memory");
}

static void print_result(const char *argument, const Diag *diag, char *const *not_enforced) {
        diag_print(diag, 0, NULL, stdout);
        if (not_enforced)
                printf("%s: not enforced yet:", argument);
        STRV_FOREACH(name, not_enforced) {
                printf(" %s=", *name);
        }
        if (not_enforced)
                putchar('\n');
}

static void add_or_null(struct json_object *o, const char *key, const char *text) {
        json_object_object_add(o, key, text ? json_object_new_string(text) : NULL);
}

static struct json_object *describe_entry(const DiagEntry *e) {
        static const char *const levels[] = {
                [DIAG_ERROR] = "error",
                [DIAG_WARNING] = "warning",
                [DIAG_NOTE] = "note",
        };
        struct json_object *o = json_object_new_object();

        add_or_null(o, "level", levels[e->level]);
        add_or_null(o, "file", e->file);
        json_object_object_add(o, "line", e->line > 0 ? json_object_new_int64(e->line) : NULL);
        add_or_null(o, "directive", e->directive);
        add_or_null(o, "message", e->message);
        return o;
}

static void add_result(const char *argument, const Diag *diag, char *const *not_enforced,
                       struct json_object *list) {
        struct json_object *o = json_object_new_object();
        struct json_object *messages = json_object_new_array(), *names = json_object_new_array();

        for (size_t i = 0; i < diag->n; i++)
                json_object_array_add(messages, describe_entry(&diag->entries[i]));
        STRV_FOREACH(name, not_enforced) {
                json_object_array_add(names, json_object_new_string(*name));
        }
        add_or_null(o, "unit", argument);
        json_object_object_add(o, "valid",
                               json_object_new_boolean(diag_count(diag, DIAG_ERROR) == 0));
        json_object_object_add(o, "messages", messages);
        json_object_object_add(o, "not_enforced", names);
        json_object_array_add(list, o);
}

/* Says what is wrong with the unit; true: nothing is. */
static bool verify(Source *s, const char *argument, struct json_object *list) {
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_strv_ char **not_enforced = NULL;

        look_at(s, argument, &diag, &not_enforced);
        if (list)
                add_result(argument, &diag, not_enforced, list);
        else
                print_result(argument, &diag, not_enforced);
        return diag_count(&diag, DIAG_ERROR) == 0;
}

int analyze_verify(int argc, char *argv[], void *context) {
        const AnalyzeSettings *settings = context;
        _cleanup_(source_close) Source source = { .path = LOAD_PATH_EMPTY };
        _cleanup_(diag_done) Diag diag = { 0 };
        struct json_object *list;
        int status = EXIT_SUCCESS;

        if (source_open(&source, settings, &diag) < 0) {
                diag_print(&diag, 0, "svanalyze", stderr);
                return EXIT_FAILURE;
        }
        list = settings->json ? json_object_new_array() : NULL;
        for (int i = 1; i < argc; i++)
                if (!verify(&source, argv[i], list))
                        status = EXIT_FAILURE;
        if (list)
                analyze_print_json(list);
        return status;
}
