/*
 * From a plan to a process: forks, applies the plan in the child, and executes
 * the command there. The caller learns from a pipe whether the command was
 * executed, and if not, at which step it failed and why.
 *
 * The caller must have one thread only: the child goes on using its memory.
 */
#pragma once

#include "supervisor/sandbox/apply/apply.h"
#include "supervisor/sandbox/plan.h"

typedef struct LaunchRequest {
        Plan *plan; /* changed in the child alone */
        bool rootless;
        char *const *argv;  /* argv[0] is the name that the program sees */
        const char *path;   /* absolute, or a name to be looked up in SEARCH */
        const char *search; /* directories, separated by ":" */
        char *const *environment;
        const int *streams;        /* three fds for 0, 1 and 2 */
        bool controlling_terminal; /* stream 0 is a terminal that becomes the session's */
        bool ignore_sigpipe;
        int cgroup_fd;   /* the command starts in this control group; -EBADF: in the caller's */
        const int *join; /* namespaces to enter, see apply.h; or NULL */
        int *keep;       /* APPLY_NAMESPACES fds to fill with the child's namespaces; or NULL */
} LaunchRequest;

typedef struct LaunchFailure {
        int exit_status; /* of systemd.exec(5) */
        int error;       /* negative errno */
        bool is_op;      /* an operation of the plan failed: of KIND, with SET, from DIRECTIVE */
        OpKind kind;
        uint64_t set;
        const char *directive;     /* static */
        char text[APPLY_TEXT_MAX]; /* what was being done, and why it failed */
} LaunchFailure;

/* Returns 0 once the command runs, with its pid. On failure the child is gone and reaped, and
 * *RET_FAILURE says why: -ECANCELED; other negative errnos mean that no child could be made at all.
 */
int launch(const LaunchRequest *request, pid_t *ret_pid, LaunchFailure *ret_failure);
