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

/* How long the caller waits for a command to be executed. The process that is to become it may be
 * stopped meanwhile, by anybody who may send it a signal. Spans in microseconds, CLOCK_FOREVER: as
 * long as it takes. */
typedef struct LaunchPatience {
        int end_fd;          /* nobody wants the command any more once this is readable */
        int stop_fd;         /* from when this is readable STOP_USEC are left */
        uint64_t start_usec; /* from the beginning */
        uint64_t stop_usec;
} LaunchPatience;

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
        bool copies;              /* the child gets a copy of our memory in any case */
        LaunchPatience patience;  /* for launch() */
} LaunchRequest;

/* What an operation is called in ExecReport.without: "KIND:SET:DIRECTIVE". */
#define LAUNCH_WITHOUT_MAX sizeof(((ExecReport *)0)->without)
void launch_without_format(const Op *op, char ret[static LAUNCH_WITHOUT_MAX]);

/* Returns 0 once the command runs, with its pid and, where KEEP was asked for, its namespaces in
 * KEPT (EXEC_KEPT_COUNT fds). On failure the child is gone and reaped. -ECANCELED: *RET_FAILURE
 * says why. -ETIMEDOUT: it was killed, as patience was at an end. -ENOTRECOVERABLE: it was killed,
 * by whomever, while it shared our memory. The text of *RET_FAILURE says how, and its exit status
 * is 0 where patience was at an end; the heap may be in pieces, so that the caller may still make
 * system calls, and nothing else. Other negative errnos mean that no child could be made at all. */
int launch(const LaunchRequest *request, pid_t *ret_pid, int *kept, ExecReport *ret_failure);
