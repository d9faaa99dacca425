/*
 * From a plan to a process: applies the plan, and executes the command. launch() does that in a
 * child; child.h in the calling process. Whoever wants to know learns by a report (protocol.h)
 * whether the command was executed, and if not, at which step it failed and why.
 *
 * The caller must have one thread only: the child goes on using its memory.
 */
#pragma once

#include "supervisor/exec/protocol.h"
#include "supervisor/sandbox/apply/apply.h"
#include "supervisor/sandbox/plan.h"

typedef struct LaunchRequest {
        Plan *plan; /* child_run() changes it; launch() does not */
        bool rootless;
        char *const *argv;  /* argv[0] is the name that the program sees */
        const char *path;   /* absolute, or a name to be looked up in SEARCH */
        const char *search; /* directories, separated by ":" */
        char *const *environment;
        const int *streams;        /* three fds for 0, 1 and 2 */
        bool controlling_terminal; /* stream 0 is a terminal that becomes the session's */
        bool steal_terminal;       /* also from another session */
        bool ignore_sigpipe;
        int cgroup_fd;     /* the command starts in this control group; negative errno, why there is
                            * none: in the caller's */
        const int *join;   /* namespaces to enter, see apply.h; or NULL */
        bool keep;         /* report the namespaces that are made */
        const int *passed; /* N_PASSED fds that become 3 and following */
        size_t n_passed;
        const int *kept;          /* EXEC_KEPT_COUNT fds to be reported, too; or NULL */
        const ExecReport *report; /* what goes along with each report; or NULL */
        char *const *tried;       /* what is not to be suggested to do without */
        bool strict;              /* nothing is */
} LaunchRequest;

/* What an operation is called in ExecReport.without: "KIND:SET:DIRECTIVE". */
#define LAUNCH_WITHOUT_MAX sizeof(((ExecReport *)0)->without)
void launch_without_format(const Op *op, char ret[static LAUNCH_WITHOUT_MAX]);

/* Returns 0 once the command runs, with its pid and, where KEEP was asked for, its namespaces in
 * KEPT (EXEC_KEPT_COUNT fds). On failure the child is gone and reaped, and *RET_FAILURE says why:
 * -ECANCELED; other negative errnos mean that no child could be made at all. */
int launch(const LaunchRequest *request, pid_t *ret_pid, int *kept, ExecReport *ret_failure);
