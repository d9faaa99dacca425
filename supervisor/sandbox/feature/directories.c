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
#include "supervisor/sandbox/effective.h"
#include "supervisor/sandbox/feature.h"

typedef struct Kind {
        const char *directive;
        DirectoryBase base;
        const DirectoryList *list;
        mode_t mode;
} Kind;

typedef struct Item {
        const Kind *kind;
        bool is_private;
        char *path;   /* where the command looks for it */
        char *source; /* where it lies on the host */
} Item;

static void item_done(Item *i) {
        free(i->path);
        free(i->source);
}

static int add_directory(const PlanContext *x, const Kind *k, const char *path, bool is_private,
                         Plan *p) {
        /* the same for all commands of a unit, also those that stay root: "!" and "+" */
        bool keeps_owner = k->base == DIRECTORY_CONFIGURATION;
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

static int add_bind(const Item *i, const PlanContext *x, const char *path, Plan *p) {
        int r = plan_add_path(p, OP_BIND, i->kind->directive, path, OP_IMPLIED | OP_MAKE_TARGET);
        Op *op;

        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->clear = MOUNT_ATTR_RDONLY;
        if (i->is_private) {
                op->flags |= OP_ID_MAPPED;
                op->uid = x->identity->uid;
                op->gid = x->identity->gid;
        }
        op->source = strdup(i->source);
        return op->source ? 0 : -ENOMEM;
}

/* The sandbox sees nothing of "private" but the unit's own directory. */
static int hide_private(const Kind *k, const PlanContext *x, Plan *p) {
        _cleanup_free_ char *above = NULL;

        if (path_join(x->base[k->base], "private", &above) < 0)
                return -ENOMEM;
        return plan_add_empty(p, k->directive, above, OP_IMPLIED | OP_MAKE_TARGET);
}

/* Is what the host has at PATH, links too, out of the command's sight? */
static bool is_covered(const Config *c, const char *path) {
        for (size_t i = 0; i < c->temporary_file_system.n; i++)
                if (path_after(path, c->temporary_file_system.items[i].path))
                        return true;
        return c->root_directory;
}

/* What the host has at the item's source has to be where the command is told that it is. */
static int add_view(const Config *c, const PlanContext *x, const Item *i, Plan *p) {
        bool is_configuration = i->kind->base == DIRECTORY_CONFIGURATION;
        int r;

        if (is_covered(c, i->path)) {
                r = add_bind(i, x, i->path, p);
                /* as the rest of /etc is */
                if (r >= 0 && is_configuration &&
                    effective_protect_system(c).value >= PROTECT_SYSTEM_FULL)
                        p->ops[p->n - 1].set = MOUNT_ATTR_RDONLY;
                return r;
        }
        if (i->is_private) {
                r = hide_private(i->kind, x, p);
                return r < 0 ? r : add_bind(i, x, i->source, p);
        }
        if (is_configuration)
                return 0;
        return plan_add_access(p, i->kind->directive, i->path, ACCESS_WRITE, OP_IGNORE_MISSING);
}

static int add_item(const Config *c, const PlanContext *x, const Kind *k, const DirectorySetting *s,
                    Plan *p) {
        const char *base = x->base[k->base];
        _cleanup_(item_done) Item i = { .kind = k };
        _cleanup_free_ char *inside = NULL;
        int r;

        i.is_private = x->identity->dynamic && k->base != DIRECTORY_CONFIGURATION &&
                       k->base != DIRECTORY_RUNTIME;
        if (asprintf(&inside, "%s%s", i.is_private ? "private/" : "", s->path) < 0)
                return -ENOMEM;
        if (path_join(base, s->path, &i.path) < 0 || path_join(base, inside, &i.source) < 0)
                return -ENOMEM;
        r = add_directory(x, k, i.source, i.is_private, p);
        if (r < 0)
                return r;
        if (k->base == DIRECTORY_RUNTIME && c->runtime_directory_preserve != DIRECTORY_PRESERVE_YES)
                p->ops[p->n - 1].flags |= OP_REMOVE_AFTERWARDS;
        if (i.is_private)
                r = add_link(base, s->path, inside, p);
        for (char **link = s->symlinks; r >= 0 && link && *link; link++)
                r = add_link(base, *link, inside, p);
        if (r < 0 || x->variant == PLAN_FULL_PRIVILEGES)
                return r;
        return add_view(c, x, &i, p);
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
