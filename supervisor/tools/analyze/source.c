/*
 * Finds units for the verbs. Names go through the index of the load path, which
 * is read once for all of them.
 */
#include "supervisor/tools/analyze/source.h"

#include <string.h>

#include "base/text.h"
#include "units/unit-name.h"

int source_open(Source *s, const AnalyzeSettings *settings, Diag *diag) {
        Source opened = { .path = LOAD_PATH_EMPTY };
        int r = load_path_init(&opened.path, settings->root, getenv("SYSTEMD_UNIT_PATH"), diag);

        if (r < 0)
                return r;
        *s = opened;
        return 0;
}

void source_close(Source *s) {
        if (s->index)
                load_index_free(s->index);
        load_path_done(&s->path);
        *s = (Source){ .path = LOAD_PATH_EMPTY };
}

static int load_by_name(Source *s, const char *argument, Diag *diag, LoadedUnit *ret) {
        _cleanup_(load_done) LoadedUnit u = { 0 };
        _cleanup_free_ char *name = NULL;
        int r;

        r = unit_name_complete(argument, UNIT_SERVICE, &name);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                return unit_name_check(argument, diag);
        if (!s->index) {
                r = load_index_new(&s->path, diag, &s->index);
                if (r < 0)
                        return r;
        }
        r = load_unit(s->index, name, diag, &u);
        if (r < 0)
                return r;
        if (!u.fragment)
                return diag_error(diag, -ENOENT,
                                  "there is no %s in the load path; give the path of a file, or "
                                  "--root= for another system",
                                  name);
        *ret = u;
        u = (LoadedUnit){ 0 };
        return 0;
}

int source_load(Source *s, const char *argument, Diag *diag, LoadedUnit *ret) {
        int r;

        diag->file = argument;
        r = strchr(argument, '/') ? load_file(argument, diag, ret)
                                  : load_by_name(s, argument, diag, ret);
        diag->file = NULL;
        return r;
}

int source_specifiers(const Source *s, const LoadedUnit *u, char **name, SpecifierContext *ret) {
        bool machine = text_is_empty(s->path.root);
        int r = 0;

        if (unit_name_kind(u->id) == UNIT_NAME_TEMPLATE)
                r = unit_name_with_instance(u->id, "instance", name);
        else {
                *name = strdup(u->id);
                r = *name ? 0 : -ENOMEM;
        }
        if (r < 0)
                return r;
        *ret = (SpecifierContext){
                .unit = *name,
                .fragment_path = u->fragment,
                .root_fd = machine ? -EBADF : s->path.root_fd,
        };
        return 0;
}
