/*
 * Unit files are read and changed by svctl itself, with the load path that the manager has. So the
 * verbs do the same with and without a manager; it is told to read them again.
 */
#include "supervisor/tools/ctl/unit-tree.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"

static int add_directories(json_object *list, StrBuf *to) {
        for (size_t i = 0; i < json_object_array_length(list); i++)
                strbuf_addf(to, "%s%s", i > 0 ? ":" : "",
                            json_object_get_string(json_object_array_get_idx(list, i)));
        return to->error;
}

/* Which directories: NULL for the ordinary ones. */
static int find_directories(sd_bus *bus, char **ret) {
        _cleanup_json_ json_object *manager = NULL;
        _cleanup_(strbuf_done) StrBuf text = { 0 };
        json_object *list;
        int status;

        if (!bus) {
                const char *environment = getenv("SYSTEMD_UNIT_PATH");

                *ret = environment ? strdup(environment) : NULL;
                return environment && !*ret;
        }
        status = client_properties(bus, NULL, &manager);
        if (status || !json_object_object_get_ex(manager, "UnitPath", &list))
                return status;
        if (add_directories(list, &text) < 0)
                return 1;
        return strbuf_take(&text, ret) < 0;
}

static unsigned flags_of(const CtlSettings *settings) {
        return (settings->runtime ? INSTALL_RUNTIME : 0U) | (settings->force ? INSTALL_FORCE : 0U);
}

int unit_tree_open(const CtlSettings *settings, UnitTree *ret) {
        _cleanup_free_ char *directories = NULL;
        int status = 0, r;

        *ret = (UnitTree){ .path = LOAD_PATH_EMPTY };
        if (!*settings->root) {
                (void)client_try_open(&ret->bus);
                status = find_directories(ret->bus, &directories);
        }
        if (status)
                return status;
        r = load_path_init(&ret->path, settings->root, directories, &ret->diag);
        if (r >= 0)
                r = install_begin(&ret->install, &ret->path, flags_of(settings), &ret->diag);
        return r < 0 ? unit_tree_judge(ret, r) : 0;
}

void unit_tree_done(UnitTree *t) {
        install_done(&t->install);
        load_path_done(&t->path);
        diag_done(&t->diag);
        sd_bus_flush_close_unrefp(&t->bus);
}

int unit_tree_judge(UnitTree *t, int r) {
        fflush(stdout);
        diag_print(&t->diag, 0, "svctl", stderr);
        if (r >= 0)
                return 0;
        if (diag_count(&t->diag, DIAG_ERROR) == 0)
                ctl_complain("%s", strerror(-r));
        return 1;
}
