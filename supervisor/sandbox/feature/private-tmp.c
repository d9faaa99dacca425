/*
 * PrivateTmp=: systemd.exec(5). "yes" keeps the files on the host's /tmp and
 * /var/tmp, in a directory that nobody else can enter; "disconnected" keeps
 * them in memory.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "supervisor/sandbox/effective.h"
#include "supervisor/sandbox/feature.h"

static int add_directory(Plan *p, const char *directive, const char *path, mode_t mode) {
        Op *op;
        int r = plan_add_path(p, OP_DIRECTORY, directive, path,
                              OP_REMOVE_AFTERWARDS | OP_IGNORE_MISSING);

        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->mode = mode;
        op->uid = (uid_t)-1;
        op->gid = (gid_t)-1;
        return 0;
}

/* The outer directory keeps others out; the inner one has the usual mode of /tmp. */
static int add_on_host(Plan *p, const char *directive, const char *path, const char *run_id) {
        _cleanup_free_ char *outer = NULL, *inner = NULL;
        Op *op;
        int r;

        if (asprintf(&outer, "%s/svalinn-private-%s", path, run_id) < 0 ||
            asprintf(&inner, "%s/tmp", outer) < 0)
                return -ENOMEM;
        r = add_directory(p, directive, outer, 0700);
        if (r >= 0)
                r = add_directory(p, directive, inner, 01777);
        if (r >= 0)
                r = plan_add_path(p, OP_BIND, directive, path, OP_IMPLIED | OP_IGNORE_MISSING);
        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
        op->clear = op->set | MOUNT_ATTR_RDONLY;
        op->source = TAKE_PTR(inner);
        return 0;
}

static int add_in_memory(Plan *p, const char *directive, const char *path) {
        int r = plan_add_path(p, OP_TMPFS, directive, path, OP_IMPLIED | OP_IGNORE_MISSING);
        Op *op;

        if (r < 0)
                return r;
        op = &p->ops[p->n - 1];
        op->set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
        op->clear = op->set | MOUNT_ATTR_RDONLY;
        op->text = strdup("mode=1777,size=10%,nr_inodes=400k");
        return op->text ? 0 : -ENOMEM;
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        static const char *const paths[] = { "/tmp", "/var/tmp" };
        Effective e = effective_private_tmp(c);

        if (e.value == PRIVATE_TMP_NO || x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
                int r = e.value == PRIVATE_TMP_YES
                                ? add_on_host(p, e.directive, paths[i], x->run_id)
                                : add_in_memory(p, e.directive, paths[i]);

                if (r < 0)
                        return r;
        }
        return 0;
}

const Feature feature_private_tmp = { .name = "private-tmp", .plan = plan };
