/*
 * A failure leads here; whether it was for want of support is asked of the
 * kernel, never guessed from the error. What is about the service's comfort, a
 * limit, comes as near to what was asked for as the caller's own limit is.
 */
#include "supervisor/exec/without.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/number.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "supervisor/sandbox/apply/apply.h"

/* The operation that failed. */
typedef struct Failed {
        OpKind kind;
        uint64_t set;
        const char *directive;
} Failed;

/* Everything that needs what OP asked for goes with it. */
static bool depends_on(const Op *op, const Failed *f) {
        bool mounts = f->kind == OP_UNSHARE && f->set == CLONE_NEWNS;

        if (f->kind == OP_UNSHARE &&
            f->set == CLONE_NEWUSER) /* of an ordinary user: all hangs on it */
                return op->kind == OP_UNSHARE || op->kind == OP_LOOPBACK ||
                       op->kind == OP_HOSTNAME || op_is_mount(op) || op->kind == OP_PROPAGATION ||
                       op->kind == OP_BOUNDING_SET || op->kind == OP_USER ||
                       op->kind == OP_AMBIENT || op->kind == OP_SECURE_BITS;
        if (f->kind == OP_RLIMIT || f->kind == OP_PROC_SELF) /* one kind for several directives */
                return op->kind == f->kind && text_eq(op->directive, f->directive);
        if (op->kind == f->kind && op->set == f->set)
                return true;
        if (f->kind == OP_UNSHARE && f->set == CLONE_NEWNET)
                return op->kind == OP_LOOPBACK;
        if (f->kind == OP_UNSHARE && f->set == CLONE_NEWUTS)
                return op->kind == OP_HOSTNAME;
        return mounts && (op_is_mount(op) || op->kind == OP_PROPAGATION);
}

/* Takes the operations out of the plan and lists their directives. */
static int drop(Plan *p, const Failed *f, char **ret_names) {
        _cleanup_(strbuf_done) StrBuf names = { 0 };
        size_t kept = 0;

        for (size_t i = 0; i < p->n; i++) {
                if (!depends_on(&p->ops[i], f)) {
                        p->ops[kept++] = p->ops[i];
                        continue;
                }
                if (!names.text || !strstr(names.text, p->ops[i].directive))
                        strbuf_addf(&names, "%s%s=", names.length ? ", " : "", p->ops[i].directive);
                op_done(&p->ops[i]);
        }
        p->n = kept;
        return strbuf_take(&names, ret_names);
}

static bool lower_limit(Op *op) {
        struct rlimit now;

        if (getrlimit((__rlimit_resource_t)op->number, &now) < 0 || op->clear <= now.rlim_max)
                return false;
        op->clear = now.rlim_max;
        op->set = op->set < op->clear ? op->set : op->clear;
        return true;
}

static Op *find_failed(Plan *p, const Failed *f) {
        for (size_t i = 0; i < p->n; i++) {
                Op *op = &p->ops[i];

                if (op->kind == f->kind && op->set == f->set &&
                    text_eq(op->directive, f->directive))
                        return op;
        }
        return NULL;
}

static int find_kind(const char *name, size_t n, OpKind *ret) {
        for (int k = 0; k < OP_KIND_COUNT; k++)
                if (strlen(op_kind_name((OpKind)k)) == n &&
                    strncmp(op_kind_name((OpKind)k), name, n) == 0) {
                        *ret = (OpKind)k;
                        return 0;
                }
        return -EINVAL;
}

/* As launch_without_format() writes it. */
static int parse(const char *text, Failed *ret) {
        const char *set = strchr(text, ':'), *directive = set ? strchr(set + 1, ':') : NULL;
        _cleanup_free_ char *number = NULL;
        Failed f = { 0 };
        int r;

        if (!directive)
                return -EINVAL;
        number = strndup(set + 1, (size_t)(directive - set - 1));
        if (!number)
                return -ENOMEM;
        r = find_kind(text, (size_t)(set - text), &f.kind);
        if (r >= 0)
                r = number_parse_u64(number, 16, &f.set);
        if (r < 0)
                return r;
        f.directive = directive + 1;
        *ret = f;
        return 0;
}

int without_is_needed(const Plan *p, const char *without, bool rootless, const char **ret_reason) {
        Failed f;
        int r = parse(without, &f);
        const Op bare = { .kind = f.kind, .set = f.set, .directive = f.directive };
        const Op *failed;

        if (r < 0)
                return r;
        failed = find_failed((Plan *)p, &f);
        return apply_supported(failed ? failed : &bare, rootless, ret_reason) < 0;
}

/* What is left of a directive that only implies a device policy is worth a word. */
static bool is_part(const Failed *f) {
        return f->kind == OP_DEVICE_POLICY && !text_eq(f->directive, "DevicePolicy") &&
               !text_eq(f->directive, "DeviceAllow");
}

int without_use(Plan *p, const char *without, const char *reason, char **ret_said) {
        _cleanup_free_ char *names = NULL;
        Failed f;
        Op *failed;
        int r = parse(without, &f);

        if (r < 0)
                return r;
        failed = find_failed(p, &f);
        if (failed && failed->kind == OP_RLIMIT && lower_limit(failed))
                r = asprintf(ret_said, "%s= is %llu instead: %s", failed->directive,
                             (unsigned long long)failed->set, reason);
        else {
                r = drop(p, &f, &names);
                if (r < 0 || !*names)
                        return r;
                r = asprintf(ret_said, "%s%s not enforced: %s",
                             is_part(&f) ? "the device policy of " : "", names, reason);
        }
        return r < 0 ? -ENOMEM : 1;
}
