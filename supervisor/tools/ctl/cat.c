/*
 * "svctl cat": the files of a unit, as they are on disk now, whether or not a manager runs.
 */
#include <stdio.h>

#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/names.h"
#include "supervisor/tools/ctl/pager.h"
#include "supervisor/tools/ctl/unit-tree.h"
#include "units/load.h"

static void print_text(const LoadedFile *f, bool first) {
        printf("%s# %s\n%s%s", first ? "" : "\n", f->path, f->text,
               text_ends_with(f->text, "\n") ? "" : "\n");
}

static void print_json(const char *name, const LoadedFile *f) {
        _cleanup_json_ json_object *o = json_object_new_object();

        json_object_object_add(o, "unit", json_object_new_string(name));
        json_object_object_add(o, "path", json_object_new_string(f->path));
        json_object_object_add(o, "text", json_object_new_string(f->text));
        puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
}

static int print_unit(UnitTree *t, const LoadIndex *index, const char *name, bool json) {
        _cleanup_(load_done) LoadedUnit unit = { 0 };
        int r = load_unit(index, name, &t->diag, &unit);

        if (r >= 0 && unit.masked)
                r = diag_error(&t->diag, -ERFKILL, "%s is masked by %s", name, unit.fragment);
        else if (r >= 0 && unit.n == 0)
                r = diag_error(&t->diag, -ENOENT, "%s has no file", name);
        for (size_t i = 0; i < unit.n; i++) {
                if (json)
                        print_json(unit.id, &unit.files[i]);
                else
                        print_text(&unit.files[i], i == 0);
        }
        return r;
}

/* Patterns stand for units that are loaded, or, without a manager, for unit files. */
static int add_files(UnitTree *t, char *const *patterns, char ***names) {
        _cleanup_(install_list_done) InstallFiles files = { 0 };
        int r = install_list(&t->install, patterns, NULL, &files);

        for (size_t i = 0; i < files.n && r >= 0; i++)
                r = strv_add(names, path_last(files.items[i].path));
        return r;
}

static int expand(UnitTree *t, const CtlSettings *settings, char *texts[], char ***ret) {
        _cleanup_strv_ char **names = NULL;

        if (t->bus)
                return names_expand(t->bus, settings, texts, ret);
        STRV_FOREACH(text, texts) {
                _cleanup_free_ char *name = NULL;
                char *const pattern[] = { *text, NULL };

                if (names_is_pattern(*text)) {
                        if (add_files(t, pattern, &names) < 0)
                                return 1;
                        continue;
                }
                name = client_unit_name(*text);
                if (!name)
                        return 2;
                if (strv_push(&names, TAKE_PTR(name)) < 0)
                        return 1;
        }
        *ret = TAKE_PTR(names);
        return 0;
}

int ctl_cat(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_(unit_tree_done) UnitTree t = { .path = LOAD_PATH_EMPTY };
        _cleanup_(load_index_freep) LoadIndex *index = NULL;
        _cleanup_strv_ char **names = NULL;
        int r, status = unit_tree_open(settings, &t);
        pid_t pager;

        if (status == 0)
                status = expand(&t, settings, argv + 1, &names);
        if (status)
                return status;
        pager = pager_begin(settings);
        r = load_index_new(&t.path, &t.diag, &index);
        for (size_t i = 0; names && names[i] && r >= 0; i++) {
                if (i > 0 && !settings->json)
                        putchar('\n');
                r = print_unit(&t, index, names[i], settings->json);
        }
        pager_end(pager);
        return unit_tree_judge(&t, r);
}
