/*
 * A controller is on for a group if all groups above have it in their subtree_control. Slices say
 * with DisableControllers= that nothing below them is to have one; their settings are read when
 * something is to be enabled, which is once a slice and controller.
 */
#include "supervisor/manager/group-controller.h"

#include <stdio.h>
#include <string.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/unit-load.h"

#define LIST_MAX 1024

static int read_available(const GroupTree *t, char text[static LIST_MAX]) {
        return group_read(t, "", "cgroup.controllers", text, LIST_MAX);
}

static bool is_available(const GroupTree *t, const char *controller) {
        char text[LIST_MAX], *rest = text, *word;

        if (read_available(t, text) < 0)
                return false;
        while ((word = strsep(&rest, " \n")))
                if (text_eq(word, controller))
                        return true;
        return false;
}

/* The slice around U that keeps the controller off, or NULL. */
static const Unit *disabled_by(const GroupTree *t, const Unit *u, const char *controller) {
        for (const Unit *s = u->slice; s && t->registry; s = s->slice) {
                _cleanup_(config_done) Config c;
                bool off = config_init(&c) >= 0 &&
                           unit_load_config(t->registry, s, NULL, &c) >= 0 &&
                           strv_contains(c.disable_controllers, controller);

                if (off)
                        return s;
        }
        return NULL;
}

int group_controller_enable(const GroupTree *t, const char *path, const Unit *u,
                            const char *controller, char *reason) {
        const Unit *slice;

        if (!is_available(t, controller)) {
                if (reason)
                        snprintf(reason, GROUP_REASON_MAX, "%s%s%s",
                                 t->root < 0 ? "this system has no control groups"
                                             : "the controller ",
                                 t->root < 0 ? "" : controller,
                                 t->root < 0 ? "" : " is not available");
                return -ENOENT;
        }
        slice = disabled_by(t, u, controller);
        if (!slice) {
                group_enable(t, path, controller);
                return 0;
        }
        if (reason)
                snprintf(reason, GROUP_REASON_MAX, "DisableControllers= of %.128s keeps %s off",
                         slice->id, controller);
        return -ENOENT;
}

/* ---- delegation ---- */

static int enable_all(const GroupTree *t, const char *path, const Unit *u) {
        char text[LIST_MAX], *rest = text, *word;
        int r = read_available(t, text);

        if (r < 0)
                return r;
        while ((word = strsep(&rest, " \n")))
                if (*word)
                        (void)group_controller_enable(t, path, u, word, NULL);
        return 0;
}

/* Controllers of version 1 that version 2 has without one. */
static bool is_none_today(const char *name) {
        return text_eq(name, "cpuacct") || text_eq(name, "devices") || text_after(name, "bpf-");
}

int group_controller_delegate(const GroupTree *t, const char *path, const Unit *u, const Config *c,
                              Diag *diag) {
        char reason[GROUP_REASON_MAX];

        STRV_FOREACH(word, c->delegate) {
                int yes = type_parse_boolean(*word);

                if (yes > 0)
                        (void)enable_all(t, path, u);
                if (yes >= 0 || is_none_today(*word) ||
                    group_controller_enable(t, path, u, *word, reason) >= 0)
                        continue;
                if (c->enforce == ENFORCE_STRICT)
                        return diag_error(diag, -EOPNOTSUPP, "Delegate= cannot be enforced: %s",
                                          reason);
                diag_warning(diag, "Delegate=%s not enforced: %s", *word, reason);
        }
        return 0;
}

void group_controller_disable(const GroupTree *t, const char *path, const Config *c) {
        STRV_FOREACH(controller, c->disable_controllers) {
                char text[64];

                snprintf(text, sizeof(text), "-%s", *controller);
                (void)group_write(t, path, "cgroup.subtree_control", text);
        }
}
