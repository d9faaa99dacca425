/*
 * Building a plan: every feature adds its operations, the mounts are merged,
 * and the whole is put into the order of application.
 */
#include "supervisor/sandbox/plan.h"

#include <string.h>
#include <sys/mount.h>

#include "base/array.h"
#include "base/path.h"
#include "supervisor/sandbox/feature.h"
#include "supervisor/sandbox/mounts.h"

void plan_done(Plan *p) {
        for (size_t i = 0; i < p->n; i++)
                op_done(&p->ops[i]);
        free(p->ops);
        *p = (Plan){ 0 };
}

Op *plan_add(Plan *p, OpKind kind, const char *directive) {
        if (ARRAY_GROW(p->ops, p->n) < 0)
                return NULL;
        p->ops[p->n] = (Op){ .kind = kind, .directive = directive, OP_INIT };
        return &p->ops[p->n++];
}

int plan_add_path(Plan *p, OpKind kind, const char *directive, const char *path, unsigned flags) {
        Op *op = plan_add(p, kind, directive);

        if (!op)
                return -ENOMEM;
        op->flags = flags;
        op->path = strdup(path);
        if (!op->path)
                return -ENOMEM;
        path_simplify(op->path);
        return 0;
}

int plan_add_access(Plan *p, const char *directive, const char *path, Access access,
                    unsigned flags) {
        static const struct {
                OpKind kind;
                uint64_t set, decided;
        } rows[] = {
                [ACCESS_NONE] = { OP_INACCESSIBLE, 0, 0 },
                [ACCESS_READ_ONLY] = { OP_ATTRIBUTES, MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY },
                [ACCESS_WRITE] = { OP_ATTRIBUTES, 0, MOUNT_ATTR_RDONLY },
                [ACCESS_NO_EXEC] = { OP_ATTRIBUTES, MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOEXEC },
                [ACCESS_EXEC] = { OP_ATTRIBUTES, 0, MOUNT_ATTR_NOEXEC },
        };
        int r = plan_add_path(p, rows[access].kind, directive, path, flags);

        if (r < 0)
                return r;
        p->ops[p->n - 1].set = rows[access].set;
        p->ops[p->n - 1].clear = rows[access].decided;
        return 0;
}

int plan_add_empty(Plan *p, const char *directive, const char *path, unsigned flags) {
        int r = plan_add_path(p, OP_TMPFS, directive, path, flags);
        Op *op;

        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID;
        op->clear = op->set;
        op->text = strdup("mode=0755");
        return op->text ? 0 : -ENOMEM;
}

/* Its texts are strings: what is not has no other kind than those that stay the same. */
static int lend_mount(const Op *from, Op *to) {
        const struct {
                const char *from;
                char **to;
        } rows[] = {
                { from->path, &to->path },
                { from->source, &to->source },
                { from->text, &to->text },
        };

        to->path = to->source = to->text = NULL;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                *rows[i].to = rows[i].from ? strdup(rows[i].from) : NULL;
                if (rows[i].from && !*rows[i].to)
                        return -ENOMEM;
        }
        return 0;
}

int plan_lend(const Plan *p, Plan *ret) {
        _cleanup_(plan_take_back) Plan lent = { .ops = reallocarray(NULL, p->n + 1, sizeof(Op)) };

        if (!lent.ops)
                return -ENOMEM;
        while (lent.n < p->n) {
                Op *op = &lent.ops[lent.n];

                *op = p->ops[lent.n++];
                if (op_is_mount(op) && lend_mount(&p->ops[lent.n - 1], op) < 0)
                        return -ENOMEM;
        }
        *ret = lent;
        lent = (Plan){ 0 };
        return 0;
}

void plan_take_back(Plan *p) {
        for (size_t i = 0; i < p->n; i++)
                if (op_is_mount(&p->ops[i])) {
                        p->ops[i].fd = p->ops[i].place = -EBADF;
                        op_done(&p->ops[i]);
                }
        free(p->ops);
        *p = (Plan){ 0 };
}

bool plan_has(const Plan *p, OpKind kind) {
        for (size_t i = 0; i < p->n; i++)
                if (p->ops[i].kind == kind)
                        return true;
        return false;
}

/* All mounts are one stage: their order among each other is that of their paths. */
static int stage(const Op *op) {
        return op_is_mount(op) ? OP_ROOT : (int)op->kind;
}

static int compare_stages(const Op *a, const Op *b) {
        return stage(a) - stage(b);
}

static void merge_mounts(Plan *p) {
        size_t first = 0, n = 0, merged;

        while (first < p->n && !op_is_mount(&p->ops[first]))
                first++;
        while (first + n < p->n && op_is_mount(&p->ops[first + n]))
                n++;
        merged = n;
        mounts_merge(p->ops + first, &merged, false);
        memmove(p->ops + first + merged, p->ops + first + n, (p->n - first - n) * sizeof(Op));
        p->n -= n - merged;
}

int plan_build(const Config *config, const PlanContext *context, Diag *diag, Plan *ret) {
        _cleanup_(plan_done) Plan p = { 0 };

        for (size_t i = 0; i < features_count; i++) {
                int r = features[i]->plan(config, context, diag, &p);

                if (r < 0)
                        return r;
        }
        op_sort(p.ops, p.n, compare_stages);
        merge_mounts(&p);
        *ret = p;
        p = (Plan){ 0 };
        return 0;
}

int plan_format(const Plan *p, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        for (size_t i = 0; i < p->n; i++) {
                op_format(&p->ops[i], &b);
                strbuf_addf(&b, "  [%s]\n", p->ops[i].directive);
        }
        return strbuf_take(&b, ret);
}
