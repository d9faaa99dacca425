/*
 * WorkingDirectory=: systemd.exec(5). Looked up in the finished view, as the
 * unit's user.
 */
#include <string.h>

#include "supervisor/sandbox/feature.h"

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        const WorkingDirectory *w = &c->working_directory;
        const char *path = w->path;

        if (w->home) {
                path = x->identity->home;
                if (!path)
                        return diag_error(
                                diag, -EINVAL,
                                "WorkingDirectory=~: the user has no home directory; write "
                                "the path");
        }
        return plan_add_path(p, OP_WORKING_DIRECTORY, "WorkingDirectory", path ? path : "/",
                             w->ignore_missing ? OP_IGNORE_MISSING : 0);
}

const Feature feature_working_directory = { .name = "working-directory", .plan = plan };
