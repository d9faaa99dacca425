/*
 * "svctl is-enabled", "get-default" and "list-unit-files": what unit files there are, and what
 * links lead to them.
 */
#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "base/terminal.h"
#include "base/text.h"
#include "supervisor/tools/ctl/names.h"
#include "supervisor/tools/ctl/pager.h"
#include "supervisor/tools/ctl/unit-tree.h"

/* ---- is-enabled ---- */

static void print_state(const CtlSettings *settings, const char *name, const char *word) {
        _cleanup_json_ json_object *o = NULL;

        if (!settings->json) {
                puts(word);
                return;
        }
        o = json_object_new_object();
        json_object_object_add(o, "unit", json_object_new_string(name));
        json_object_object_add(o, "state", json_object_new_string(word));
        puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
}

/* 0: it is; 1: it is not. */
static int query_one(UnitTree *t, const CtlSettings *settings, const char *text) {
        _cleanup_free_ char *name = client_unit_name(text);
        InstallState state = INSTALL_BAD;
        int r;

        if (!name)
                return 2;
        r = install_state(&t->install, name, &state);
        if (!settings->quiet)
                print_state(settings, name, r == -ENOENT ? "not-found" : install_state_name(state));
        if (r < 0 && r != -ENOENT)
                ctl_complain("the file of %s is bad: %s", name, strerror(-r));
        return r < 0 || !install_state_is_on(state);
}

int ctl_is_enabled(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_(unit_tree_done) UnitTree t = { .path = LOAD_PATH_EMPTY };
        int status = unit_tree_open(settings, &t), best = 1;

        if (status)
                return status;
        for (int i = 1; i < argc; i++) {
                status = query_one(&t, settings, argv[i]);
                if (status == 2)
                        return status;
                best = MIN_OF(best, status);
        }
        return best;
}

int ctl_get_default(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_(unit_tree_done) UnitTree t = { .path = LOAD_PATH_EMPTY };
        _cleanup_free_ char *name = NULL;
        int status = unit_tree_open(settings, &t);

        if (status == 0)
                status = unit_tree_judge(&t, install_get_default(&t.install, &name));
        if (status == 0 && settings->json)
                printf("{\"default\":\"%s\"}\n", name);
        else if (status == 0)
                puts(name);
        return status;
}

/* ---- list-unit-files ---- */

static const char *preset_of(const InstallFile *f) {
        if (!f->has_preset)
                return "-";
        return f->preset ? "enabled" : "disabled";
}

static bool is_wanted(const CtlSettings *s, const InstallFile *f) {
        return names_is_of_type(path_last(f->path), s->types);
}

static void print_json(const CtlSettings *s, const InstallFiles *files) {
        for (size_t k = 0; k < files->n; k++) {
                const InstallFile *f = &files->items[k];
                _cleanup_json_ json_object *o = NULL;

                if (!is_wanted(s, f))
                        continue;
                o = json_object_new_object();
                json_object_object_add(o, "unit", json_object_new_string(path_last(f->path)));
                json_object_object_add(o, "state",
                                       json_object_new_string(install_state_name(f->state)));
                if (f->has_preset)
                        json_object_object_add(o, "preset", json_object_new_string(preset_of(f)));
                json_object_object_add(o, "path", json_object_new_string(f->path));
                puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
        }
}

static void print_table(const CtlSettings *s, const InstallFiles *files) {
        pid_t pager = pager_begin(s);
        bool colour = terminal_has_colour(STDOUT_FILENO);
        int width = s->no_legend ? 0 : (int)strlen("UNIT FILE");
        size_t n = 0;

        for (size_t k = 0; k < files->n; k++)
                if (is_wanted(s, &files->items[k]))
                        width = MAX_OF(width, (int)strlen(path_last(files->items[k].path)));
        if (!s->no_legend)
                printf("%s%-*s %-15s %s%s\n", colour ? TERMINAL_BOLD : "", width, "UNIT FILE",
                       "STATE", "PRESET", colour ? TERMINAL_NORMAL : "");
        for (size_t k = 0; k < files->n; k++) {
                if (!is_wanted(s, &files->items[k]))
                        continue;
                printf("%-*s %-15s %s\n", width, path_last(files->items[k].path),
                       install_state_name(files->items[k].state), preset_of(&files->items[k]));
                n++;
        }
        if (!s->no_legend)
                printf("%zu unit files\n", n);
        pager_end(pager);
}

int ctl_list_unit_files(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_(unit_tree_done) UnitTree t = { .path = LOAD_PATH_EMPTY };
        _cleanup_(install_list_done) InstallFiles files = { 0 };
        int status = unit_tree_open(settings, &t);

        if (status == 0)
                status = unit_tree_judge(
                        &t, install_list(&t.install, argv + 1, settings->states, &files));
        if (status)
                return status;
        if (settings->json)
                print_json(settings, &files);
        else
                print_table(settings, &files);
        return 0;
}
