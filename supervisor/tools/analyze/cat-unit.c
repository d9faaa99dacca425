/*
 * "svanalyze cat-unit": the files that make up a unit, in the order in which
 * they are applied, each behind its path as a comment.
 */
#include <stdio.h>

#include "supervisor/tools/analyze/source.h"

static void print_unit(const LoadedUnit *u, bool first) {
        if (u->masked)
                printf("%s# %s\n# %s is masked\n", first ? "" : "\n", u->fragment, u->id);
        for (size_t i = 0; i < u->n; i++) {
                const LoadedFile *f = &u->files[i];

                printf("%s# %s\n", first && i == 0 ? "" : "\n", f->path);
                fwrite(f->text, 1, f->size, stdout);
                if (f->size > 0 && f->text[f->size - 1] != '\n')
                        putchar('\n');
        }
}

static void add_unit(const LoadedUnit *u, struct json_object *list) {
        struct json_object *o = json_object_new_object(), *files = json_object_new_array();

        json_object_object_add(o, "unit", json_object_new_string(u->id));
        json_object_object_add(o, "masked", json_object_new_boolean(u->masked));
        for (size_t i = 0; i < u->n; i++) {
                struct json_object *file = json_object_new_object();

                json_object_object_add(file, "path", json_object_new_string(u->files[i].path));
                json_object_object_add(
                        file, "text",
                        json_object_new_string_len(u->files[i].text, (int)u->files[i].size));
                json_object_array_add(files, file);
        }
        json_object_object_add(o, "files", files);
        json_object_array_add(list, o);
}

int analyze_cat_unit(int argc, char *argv[], void *context) {
        const AnalyzeSettings *settings = context;
        struct json_object *list = settings->json ? json_object_new_array() : NULL;
        _cleanup_(source_close) Source source = { .path = LOAD_PATH_EMPTY };
        _cleanup_(diag_done) Diag diag = { 0 };
        bool first = true, opened = source_open(&source, settings, &diag) >= 0;
        int status = opened ? EXIT_SUCCESS : EXIT_FAILURE;

        for (int i = 1; i < argc && opened; i++) {
                _cleanup_(load_done) LoadedUnit u = { 0 };

                if (source_load(&source, argv[i], &diag, &u) < 0) {
                        status = EXIT_FAILURE;
                        continue;
                }
                if (list)
                        add_unit(&u, list);
                else
                        print_unit(&u, first);
                first = false;
        }
        if (list)
                analyze_print_json(list);
        fflush(stdout);
        diag_print(&diag, 0, "svanalyze", stderr);
        return status;
}
