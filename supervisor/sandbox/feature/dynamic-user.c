/*
 * DynamicUser=: inside the sandbox the name resolves by plain files, so that
 * it does for static programs, other C libraries and empty NSS setups, too.
 * What it implies is in effective.c.
 */
#include <string.h>

#include "supervisor/sandbox/feature.h"

static int add_file(Plan *p, const char *path, const char *text) {
        int r;

        if (!text)
                return 0;
        r = plan_add_path(p, OP_FILE, "DynamicUser", path, OP_IMPLIED | OP_IGNORE_MISSING);
        if (r < 0)
                return r;
        p->ops[p->n - 1].text = strdup(text);
        return p->ops[p->n - 1].text ? 0 : -ENOMEM;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        int r;

        if (!x->identity->dynamic || x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        r = add_file(p, "/etc/passwd", x->identity->passwd_text);
        return r < 0 ? r : add_file(p, "/etc/group", x->identity->group_text);
}

const Feature feature_dynamic_user = { .name = "dynamic-user", .plan = plan };
