/*
 * ReadOnlyPaths=, ReadWritePaths=, InaccessiblePaths=, ExecPaths=, NoExecPaths=,
 * BindPaths=, BindReadOnlyPaths=, TemporaryFileSystem=: systemd.exec(5),
 * "Sandboxing" and "Paths".
 */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "supervisor/sandbox/feature.h"

/* Without "+" a path is one of the host: with RootDirectory= what lies in there is meant, and a
 * directory above holds all of it. NULL: it is elsewhere, and so out of the sandbox's sight anyway,
 * or would take more away than can be done without or give more than what was asked for. */
static const char *path_inside(const Config *c, const PlanContext *x, const PathSetting *s,
                               Access access) {
        bool narrows = access == ACCESS_READ_ONLY || access == ACCESS_NO_EXEC;
        const char *rest;

        if (s->in_root || !c->root_directory || x->host_root)
                return s->path;
        rest = path_after(s->path, c->root_directory);
        if (!rest)
                return narrows && path_after(c->root_directory, s->path) ? "/" : NULL;
        return *rest ? rest - 1 : "/";
}

static const struct {
        const char *directive;
        size_t list; /* where the PathList lies in Config */
        Access access;
} accesses[] = {
        { "ReadOnlyPaths", offsetof(Config, read_only_paths), ACCESS_READ_ONLY },
        { "ReadWritePaths", offsetof(Config, read_write_paths), ACCESS_WRITE },
        { "NoExecPaths", offsetof(Config, no_exec_paths), ACCESS_NO_EXEC },
        { "ExecPaths", offsetof(Config, exec_paths), ACCESS_EXEC },
        { "InaccessiblePaths", offsetof(Config, inaccessible_paths), ACCESS_NONE },
};

static void warn_outside(const Config *c, const char *directive, const char *path, Diag *diag) {
        diag_warning(diag,
                     "%s=%s has no effect: the path lies outside of RootDirectory=%s; write "
                     "\"+%s\" for the one inside, or leave it out",
                     directive, path, c->root_directory, path);
}

static int add_paths(const Config *c, const PlanContext *x, size_t row, Diag *diag, Plan *p) {
        const PathList *l = (const PathList *)(const void *)((const char *)c + accesses[row].list);

        for (size_t i = 0; i < l->n; i++) {
                const char *path = path_inside(c, x, &l->items[i], accesses[row].access);
                unsigned flags = l->items[i].ignore_missing ? OP_IGNORE_MISSING : 0;
                int r = 0;

                if (path)
                        r = plan_add_access(p, accesses[row].directive, path, accesses[row].access,
                                            flags);
                else
                        warn_outside(c, accesses[row].directive, l->items[i].path, diag);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int add_binds(Plan *p, const char *directive, const BindList *l, uint64_t attribute) {
        for (size_t i = 0; i < l->n; i++) {
                const BindSetting *s = &l->items[i];
                unsigned flags = OP_MAKE_TARGET | (s->ignore_missing ? OP_IGNORE_MISSING : 0) |
                                 (s->recursive ? 0 : OP_NOT_RECURSIVE);
                int r = plan_add_path(p, OP_BIND, directive, s->destination, flags);
                Op *op;

                if (r < 0)
                        return r;
                op = &p->ops[p->n - 1];
                op->set = attribute;
                op->clear = MOUNT_ATTR_RDONLY;
                op->source = strdup(s->source);
                if (!op->source)
                        return -ENOMEM;
        }
        return 0;
}

/* systemd.exec(5): "nodev" and "strictatime" are the defaults. */
#define TMPFS_ATTRIBUTES ((uint64_t)(MOUNT_ATTR_NODEV | MOUNT_ATTR_STRICTATIME))

/* mount(8), "FILESYSTEM-INDEPENDENT MOUNT OPTIONS". */
static const struct {
        const char *option;
        uint64_t decided, attribute;
} mount_words[] = {
        { "ro", MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY },
        { "rw", MOUNT_ATTR_RDONLY, 0 },
        { "noexec", MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOEXEC },
        { "exec", MOUNT_ATTR_NOEXEC, 0 },
        { "nosuid", MOUNT_ATTR_NOSUID, MOUNT_ATTR_NOSUID },
        { "suid", MOUNT_ATTR_NOSUID, 0 },
        { "nodev", MOUNT_ATTR_NODEV, MOUNT_ATTR_NODEV },
        { "dev", MOUNT_ATTR_NODEV, 0 },
        { "nodiratime", MOUNT_ATTR_NODIRATIME, MOUNT_ATTR_NODIRATIME },
        { "diratime", MOUNT_ATTR_NODIRATIME, 0 },
        { "noatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_NOATIME },
        { "atime", MOUNT_ATTR__ATIME, MOUNT_ATTR_STRICTATIME },
        { "relatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_RELATIME },
        { "norelatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_STRICTATIME },
        { "strictatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_STRICTATIME },
        { "nostrictatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_RELATIME },
};

static bool apply_mount_word(Op *op, const char *word) {
        for (size_t i = 0; i < ARRAY_SIZE(mount_words); i++) {
                if (!text_eq(word, mount_words[i].option))
                        continue;
                op->clear |= mount_words[i].decided;
                op->set = (op->set & ~mount_words[i].decided) | mount_words[i].attribute;
                return true;
        }
        return false;
}

/* Options that belong to the mount go to the operation, the others to the file system. */
static int split_options(Op *op, const char *options) {
        _cleanup_(strbuf_done) StrBuf rest = { 0 };
        _cleanup_free_ char *copy = strdup(options ? options : "");

        if (!copy)
                return -ENOMEM;
        strbuf_add(&rest, "mode=0755");
        for (char *left = copy, *word; (word = strsep(&left, ","));)
                if (*word && !apply_mount_word(op, word))
                        strbuf_addf(&rest, ",%s", word);
        return strbuf_take(&rest, &op->text);
}

static int add_tmpfs(const Config *c, Plan *p) {
        for (size_t i = 0; i < c->temporary_file_system.n; i++) {
                const TmpfsSetting *s = &c->temporary_file_system.items[i];
                int r = plan_add_path(p, OP_TMPFS, "TemporaryFileSystem", s->path, OP_MAKE_TARGET);

                if (r < 0)
                        return r;
                p->ops[p->n - 1].set = TMPFS_ATTRIBUTES;
                p->ops[p->n - 1].clear = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR__ATIME;
                r = split_options(&p->ops[p->n - 1], s->options);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Nothing can be mounted over the root: every path would still lead below it. */
static int refuse_root(const Plan *p, size_t first, Diag *diag) {
        for (size_t i = first; i < p->n; i++)
                if (op_is_content(&p->ops[i]) && text_eq(p->ops[i].path, "/"))
                        return diag_error(diag, -EOPNOTSUPP,
                                          "%s=: \"/\" itself cannot be replaced; name directories "
                                          "below it, or use RootDirectory=",
                                          p->ops[i].directive);
        return 0;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        const size_t first = p->n;
        int r = 0;

        if (x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(accesses); i++)
                r = add_paths(c, x, i, diag, p);
        if (r >= 0)
                r = add_binds(p, "BindPaths", &c->bind_paths, 0);
        if (r >= 0)
                r = add_binds(p, "BindReadOnlyPaths", &c->bind_read_only_paths, MOUNT_ATTR_RDONLY);
        if (r >= 0)
                r = add_tmpfs(c, p);
        return r < 0 ? r : refuse_root(p, first, diag);
}

const Feature feature_paths = { .name = "paths", .plan = plan };
