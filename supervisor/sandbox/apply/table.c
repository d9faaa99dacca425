/*
 * Which function applies which kind, and the walk through a plan.
 */
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "supervisor/sandbox/apply/apply.h"
#include "supervisor/sandbox/apply/supported.h"

const ApplyKind apply_kinds[OP_KIND_COUNT] = {
        [OP_NICE] = { apply_nice, supported_privilege },
        [OP_SCHEDULER] = { apply_scheduler, NULL },
        [OP_AFFINITY] = { apply_affinity, NULL },
        [OP_IO_PRIORITY] = { apply_io_priority, NULL },
        [OP_PROC_SELF] = { apply_proc_self, supported_privilege },
        [OP_TIMER_SLACK] = { apply_timer_slack, NULL },
        [OP_PERSONALITY] = { apply_personality, NULL },
        [OP_KEYRING] = { apply_keyring, supported_keyring },
        [OP_DEVICE_POLICY] = { apply_device_policy, supported_device_policy },
        [OP_UNSHARE] = { apply_unshare, supported_namespace },
        [OP_LOOPBACK] = { apply_loopback, NULL },
        [OP_HOSTNAME] = { apply_hostname, NULL },
        [OP_ROOT] = { NULL, supported_mount },
        [OP_BIND] = { NULL, supported_mount },
        [OP_TMPFS] = { NULL, supported_mount },
        [OP_INACCESSIBLE] = { NULL, supported_mount },
        [OP_PROC] = { NULL, supported_proc },
        [OP_DEVICES] = { NULL, supported_mount },
        [OP_API] = { NULL, supported_mount },
        [OP_FILE] = { NULL, supported_mount },
        [OP_ATTRIBUTES] = { NULL, supported_mount },
        [OP_PROPAGATION] = { apply_propagation, supported_mount },
        [OP_UMASK] = { apply_umask, NULL },
        [OP_GROUPS] = { apply_groups, NULL },
        [OP_USER_NAMESPACE] = { apply_user_namespace, supported_user_namespace },
        [OP_BOUNDING_SET] = { apply_bounding_set, NULL },
        [OP_USER] = { apply_user, NULL },
        [OP_AMBIENT] = { apply_ambient, NULL },
        [OP_SECURE_BITS] = { apply_secure_bits, NULL },
        [OP_NO_NEW_PRIVILEGES] = { apply_no_new_privileges, NULL },
        [OP_WORKING_DIRECTORY] = { apply_working_directory, NULL },
        [OP_RLIMIT] = { apply_rlimit, supported_privilege },
        [OP_SYSCALL_FILTER] = { apply_syscall_filter, supported_filter },
};

int apply_fail(ApplyContext *x, int error, const char *format, ...) {
        va_list ap;
        size_t n;

        va_start(ap, format);
        vsnprintf(x->text, sizeof(x->text), format, ap);
        va_end(ap);
        n = strlen(x->text);
        snprintf(x->text + n, sizeof(x->text) - n, ": %s", strerror(-error));
        return error;
}

static int apply_one(const Op *op, ApplyContext *x) {
        int r = apply_kinds[op->kind].apply(op, x);

        if (r < 0)
                x->failed = op;
        return r;
}

/* The mounts in the middle of the plan are one view. */
static int apply_mounts(Plan *p, size_t first, ApplyContext *x) {
        size_t n = 0, left;
        int r;

        while (first + n < p->n && op_is_mount(&p->ops[first + n]))
                n++;
        left = n;
        if (apply_joined(x, CLONE_NEWNS) >= 0)
                return (int)n; /* the view is there already */
        if (!x->own_mounts) {
                x->failed = &p->ops[first];
                return apply_fail(x, -EPERM, "changing the mounts of the caller");
        }
        r = apply_view(p->ops + first, &left, x);
        if (r < 0 && !x->failed)
                x->failed = &p->ops[first]; /* for what all of them need */
        memmove(p->ops + first + left, p->ops + first + n, (p->n - first - n) * sizeof(Op));
        p->n -= n - left;
        return r < 0 ? r : (int)left;
}

static int make_room(const Plan *p, ApplyContext *x) {
        for (size_t i = 0; i < p->n; i++) {
                int r = p->ops[i].kind == OP_RLIMIT ? apply_rlimit_room(&p->ops[i], x) : 0;

                if (r < 0) {
                        x->failed = &p->ops[i];
                        return r;
                }
        }
        return 0;
}

static bool comes_last(const Op *op) {
        return op->kind == OP_RLIMIT || op->kind == OP_SYSCALL_FILTER;
}

int apply_plan(Plan *p, ApplyContext *x) {
        int r = make_room(p, x);

        if (r < 0)
                return r;
        for (size_t i = 0; i < p->n;) {

                if (op_is_mount(&p->ops[i])) {
                        r = apply_mounts(p, i, x);
                        if (r < 0)
                                return r;
                        i += (size_t)r;
                        continue;
                }
                if (p->ops[i].kind > OP_REMOVE_IPC && !comes_last(&p->ops[i])) {
                        r = apply_one(&p->ops[i], x);
                        if (r < 0)
                                return r;
                }
                i++;
        }
        return 0;
}

static int apply_all_of(const Plan *p, OpKind kind, ApplyContext *x) {
        for (size_t i = 0; i < p->n; i++) {
                int r = p->ops[i].kind == kind ? apply_one(&p->ops[i], x) : 0;

                if (r < 0)
                        return r;
        }
        return 0;
}

int apply_limits(const Plan *p, ApplyContext *x) {
        return apply_all_of(p, OP_RLIMIT, x);
}

int apply_filters(const Plan *p, ApplyContext *x) {
        return apply_all_of(p, OP_SYSCALL_FILTER, x);
}

int apply_supported(const Op *op, bool rootless, const char **ret_reason) {
        return apply_kinds[op->kind].supported
                       ? apply_kinds[op->kind].supported(op, rootless, ret_reason)
                       : 0;
}
