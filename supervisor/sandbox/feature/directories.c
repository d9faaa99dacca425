/*
 * RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory=,
 * ConfigurationDirectory=: systemd.exec(5). They are made on the host before
 * the sandbox, and stay writable inside whatever else is read-only.
 *
 * Those of dynamic users lie in a directory "private" that only root can
 * enter, so that files that were left behind are out of reach of whoever gets
 * the same id later; inside the sandbox only the unit's own are there.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "base/path.h"
#include "supervisor/sandbox/feature.h"

typedef struct Kind {
        const char *directive;
        DirectoryBase base;
        const DirectoryList *list;
        mode_t mode;
} Kind;

static int add_directory(const PlanContext *x, const Kind *k, const char *path, bool is_private,
                         Plan *p) {
        bool keeps_owner = k->base == DIRECTORY_CONFIGURATION || x->variant != PLAN_FULL;
        int r = plan_add_path(p, OP_DIRECTORY, k->directive, path, is_private ? OP_ID_MAPPED : 0);
        Op *op;

        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->mode = k->mode;
        op->uid = !x->identity->changes || keeps_owner ? x->caller_uid : x->identity->uid;
        op->gid = !x->identity->changes || keeps_owner ? x->caller_gid : x->identity->gid;
        return 0;
}

/* OP_DIRECTORY's links are pairs of lines. TARGET is relative to BASE, the link's text to the
 * directory that the link lies in: one step up for each "/" in LINK. */
static int add_link(const char *base, const char *link, const char *target, Plan *p) {
        Op *op = &p->ops[p->n - 1];
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *at = NULL;

        if (path_join(base, link, &at) < 0)
                return -ENOMEM;
        strbuf_addf(&b, "%s%s\n", op->text ? op->text : "", at);
        for (const char *slash = link; (slash = strchr(slash, '/')); slash++)
                strbuf_add(&b, "../");
        strbuf_addf(&b, "%s\n", target);
        free(op->text);
        op->text = NULL;
        return strbuf_take(&b, &op->text);
}

/* The sandbox sees nothing of "private" but the unit's own directory. */
static int add_private_view(const Kind *k, const char *base, const char *path, const PlanContext *x,
                            Plan *p) {
        _cleanup_free_ char *above = NULL;
        Op *op;
        int r;

        if (path_join(base, "private", &above) < 0)
                return -ENOMEM;
        r = plan_add_path(p, OP_TMPFS, k->directive, above, OP_IMPLIED | OP_MAKE_TARGET);
        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID;
        op->clear = op->set;
        op->text = strdup("mode=0755");
        if (!op->text)
                return -ENOMEM;
        r = plan_add_path(p, OP_BIND, k->directive, path,
                          OP_IMPLIED | OP_MAKE_TARGET | OP_ID_MAPPED);
        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->clear = MOUNT_ATTR_RDONLY;
        op->uid = x->identity->uid;
        op->gid = x->identity->gid;
        op->source = strdup(path);
        return op->source ? 0 : -ENOMEM;
}

static int add_item(const Config *c, const PlanContext *x, const Kind *k, const DirectorySetting *s,
                    Plan *p) {
        const char *base = x->base[k->base];
        bool is_private = x->identity->dynamic && k->base != DIRECTORY_CONFIGURATION &&
                          k->base != DIRECTORY_RUNTIME;
        _cleanup_free_ char *path = NULL, *inside = NULL;
        int r;

        if (is_private && asprintf(&inside, "private/%s", s->path) < 0)
                return -ENOMEM;
        if (path_join(base, is_private ? inside : s->path, &path) < 0)
                return -ENOMEM;
        r = add_directory(x, k, path, is_private, p);
        if (r < 0)
                return r;
        if (k->base == DIRECTORY_RUNTIME && c->runtime_directory_preserve != DIRECTORY_PRESERVE_YES)
                p->ops[p->n - 1].flags |= OP_REMOVE_AFTERWARDS;
        if (is_private)
                r = add_link(base, s->path, inside, p);
        for (char **link = s->symlinks; r >= 0 && link && *link; link++)
                r = add_link(base, *link, is_private ? inside : s->path, p);
        if (r < 0 || x->variant == PLAN_FULL_PRIVILEGES)
                return r;
        if (is_private)
                return add_private_view(k, base, path, x, p);
        if (k->base == DIRECTORY_CONFIGURATION)
                return 0;
        return plan_add_access(p, k->directive, path, ACCESS_WRITE, OP_IGNORE_MISSING);
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        const Kind kinds[] = {
                { "RuntimeDirectory", DIRECTORY_RUNTIME, &c->runtime_directory,
                  c->runtime_directory_mode },
                { "StateDirectory", DIRECTORY_STATE, &c->state_directory, c->state_directory_mode },
                { "CacheDirectory", DIRECTORY_CACHE, &c->cache_directory, c->cache_directory_mode },
                { "LogsDirectory", DIRECTORY_LOGS, &c->logs_directory, c->logs_directory_mode },
                { "ConfigurationDirectory", DIRECTORY_CONFIGURATION, &c->configuration_directory,
                  c->configuration_directory_mode },
        };

        for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
                for (size_t i = 0; i < kinds[k].list->n; i++) {
                        int r = add_item(c, x, &kinds[k], &kinds[k].list->items[i], p);

                        if (r < 0)
                                return r;
                }
        return 0;
}

const Feature feature_directories = { .name = "directories", .plan = plan };
