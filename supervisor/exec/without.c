/*
 * A failure leads here; whether it was for want of support is asked of the
 * kernel, never guessed from the error. What is about the service's comfort, a
 * limit, comes as near to what was asked for as the caller's own limit is.
 */
#include "supervisor/tools/run/fallback.h"

#include <sched.h>
#include <string.h>
#include <sys/resource.h>

#include "base/strbuf.h"
#include "base/text.h"

/* Everything that needs what OP asked for goes with it. */
static bool depends_on(const Op *op, const LaunchFailure *f) {
        bool mounts = f->kind == OP_UNSHARE && f->set == CLONE_NEWNS;

        if (f->kind == OP_UNSHARE &&
            f->set == CLONE_NEWUSER) /* of an ordinary user: all hangs on it */
                return op->kind == OP_UNSHARE || op->kind == OP_LOOPBACK ||
                       op->kind == OP_HOSTNAME || op_is_mount(op) || op->kind == OP_PROPAGATION ||
                       op->kind == OP_BOUNDING_SET || op->kind == OP_USER ||
                       op->kind == OP_SECURE_BITS;
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
static int drop(Plan *p, const LaunchFailure *f, char **ret_names) {
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

static Op *find_failed(Plan *p, const LaunchFailure *f) {
        for (size_t i = 0; i < p->n; i++) {
                Op *op = &p->ops[i];

                if (op->kind == f->kind && op->set == f->set &&
                    text_eq(op->directive, f->directive))
                        return op;
        }
        return NULL;
}

bool fallback_use(Runner *r, Plan *p, const LaunchFailure *f) {
        _cleanup_free_ char *names = NULL;
        const Op bare = { .kind = f->kind, .set = f->set, .directive = f->directive };
        const char *reason;
        Op *failed;

        if (!f->is_op)
                return false;
        failed = find_failed(p, f);
        if (apply_supported(failed ? failed : &bare, r->context.rootless, &reason) >= 0)
                return false;
        if (r->settings.strict) {
                runner_say(r, "%s=: %s; Enforce=warn would run without it", f->directive, reason);
                return false;
        }
        if (failed && failed->kind == OP_RLIMIT && lower_limit(failed)) {
                if (runner_is_news(r, failed->directive))
                        runner_say(r, "%s= is %llu instead: %s", failed->directive,
                                   (unsigned long long)failed->set, reason);
                return true;
        }
        if (drop(p, f, &names) < 0)
                return false;
        if (runner_is_news(r, names))
                runner_say(r, "%s not enforced: %s", names, reason);
        return true;
}
