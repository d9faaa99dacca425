/*
 * Carrying a plan out: the only code that mounts, enters namespaces and gives
 * privileges up. It runs in the process that becomes the command.
 *
 * Every failure ends the start. There is no weaker second try here: whether the
 * start is tried again without an operation is the caller's decision, with
 * apply_supported().
 */
#pragma once

#include "supervisor/sandbox/plan.h"

enum { APPLY_TEXT_MAX = 512 };

/* Namespaces that exist already, to be entered instead of new ones being made: those of an earlier
 * command of the same unit. Slots are in the order of apply_namespace_flags; -EBADF: none. */
enum { APPLY_NAMESPACES = 6 };
extern const int apply_namespace_flags[APPLY_NAMESPACES];
extern const char *const apply_namespace_files[APPLY_NAMESPACES]; /* below /proc/PID/ns */

typedef struct ApplyContext {
        int root_fd;   /* "/" of the view that is being made, in the namespace that it is made in */
        int helper_fd; /* a socket to the parent, who writes id maps for us; see helper.h */
        bool rootless;
        int cgroup_fd;   /* the directory of the control group that we are in alone; negative errno:
                            why not */
        const int *join; /* APPLY_NAMESPACES fds, or NULL */
        bool own_mounts; /* in a mount namespace of our own: before that, nothing is mounted */
        const Op *failed;          /* the operation that did not succeed */
        char text[APPLY_TEXT_MAX]; /* what it was doing, and why it failed */
} ApplyContext;

/* Applies everything but what is done on the host, OP_RLIMIT and OP_SYSCALL_FILTER. Plan paths are
 * replaced by what they resolve to. Returns 0, or negative errno with X->failed and X->text set;
 * then the process is in between and must exit. */
int apply_plan(Plan *p, ApplyContext *x);

/* The limits come after all that writes, opens or allocates for the sandbox. */
int apply_limits(const Plan *p, ApplyContext *x);

/* The filter comes last, after all that the filter may forbid. */
int apply_filters(const Plan *p, ApplyContext *x);

/* Is the kernel able to do OP for this caller at all? 0, or -EOPNOTSUPP with the reason in
 * RET_REASON (static text). To be asked after a failure. */
int apply_supported(const Op *op, bool rootless, const char **ret_reason);

/* The namespace of the kind FLAG that is to be joined, or -EBADF. */
int apply_joined(const ApplyContext *x, uint64_t flag);

/* Notes what failed; returns ERROR. FORMAT says what was being done: "mounting tmpfs on /dev". */
int apply_fail(ApplyContext *x, int error, const char *format, ...) _printf_(3, 4);

/* One function a kind; those that are mounts are applied together by apply_view(). */
typedef struct ApplyKind {
        int (*apply)(const Op *op, ApplyContext *x);
        int (*supported)(const Op *op, bool rootless, const char **ret_reason); /* NULL: always */
} ApplyKind;

extern const ApplyKind apply_kinds[OP_KIND_COUNT];

/* apply/view.c: the N mount operations OPS, merged; *N shrinks when links lead paths together. */
int apply_view(Op *ops, size_t *n, ApplyContext *x);

/* The kinds, by file. */
int apply_rlimit(const Op *op, ApplyContext *x);
int apply_rlimit_room(const Op *op,
                      ApplyContext *x); /* what needs privileges, and may come first */
int apply_nice(const Op *op, ApplyContext *x);
int apply_scheduler(const Op *op, ApplyContext *x);
int apply_affinity(const Op *op, ApplyContext *x);
int apply_io_priority(const Op *op, ApplyContext *x);
int apply_proc_self(const Op *op, ApplyContext *x);
int apply_timer_slack(const Op *op, ApplyContext *x);
int apply_personality(const Op *op, ApplyContext *x);
int apply_keyring(const Op *op, ApplyContext *x);
int apply_umask(const Op *op, ApplyContext *x);
int apply_device_policy(const Op *op, ApplyContext *x);
int apply_unshare(const Op *op, ApplyContext *x);
int apply_loopback(const Op *op, ApplyContext *x);
int apply_hostname(const Op *op, ApplyContext *x);
int apply_propagation(const Op *op, ApplyContext *x);
int apply_groups(const Op *op, ApplyContext *x);
int apply_user_namespace(const Op *op, ApplyContext *x);
int apply_bounding_set(const Op *op, ApplyContext *x);
int apply_user(const Op *op, ApplyContext *x);
int apply_ambient(const Op *op, ApplyContext *x);
int apply_secure_bits(const Op *op, ApplyContext *x);
int apply_no_new_privileges(const Op *op, ApplyContext *x);
int apply_working_directory(const Op *op, ApplyContext *x);
int apply_syscall_filter(const Op *op, ApplyContext *x);
