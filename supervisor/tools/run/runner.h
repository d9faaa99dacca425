/*
 * The process between svrun and the command: it prepares the host, starts the
 * commands of the unit one after the other, waits for them, ends what is left
 * and cleans up. It is the sub-reaper of everything that the unit starts, so
 * nothing gets away; and when svrun dies, it ends everything.
 */
#pragma once

#include "supervisor/exec/host.h"
#include "supervisor/exec/protocol.h"
#include "supervisor/exec/streams.h"
#include "supervisor/exec/user-directories.h"
#include "supervisor/tools/run/events.h"
#include "supervisor/tools/run/settings.h"

/* How a command ended. */
typedef struct Ending {
        int code;   /* CLD_EXITED, CLD_KILLED, CLD_DUMPED; 0: it was never executed */
        int status; /* exit status or signal; never executed: the status of systemd.exec(5) */
} Ending;

typedef struct Runner {
        const Request *request;
        Settings settings;
        UserDirectories directories;
        PlanContext context;
        Identity identity;
        Host host;
        Events events;
        int streams[3]; /* what "inherit" means for the command; -EBADF: nothing, /dev/null */
        int terminal;   /* the slave of a pseudo terminal, or -EBADF */
        char invocation_id[33];
        char *notify_path;         /* the notification socket; NULL: none */
        int kept[EXEC_KEPT_COUNT]; /* namespaces of the first command with a sandbox, for the others
                                    */
        bool share;                /* there is more than one command: namespaces are shared */
        bool start_failed;
        bool ready;
        pid_t main_pid;     /* 0: none, or gone */
        pid_t notified_pid; /* MAINPID= */
        Ending main_ending;
        bool main_known;    /* main_ending is valid */
        const char *result; /* static: why the unit failed, see result.h; NULL: it did not */
        int stop_signal;    /* the signal that asked us to stop, or 0 */
        bool reload;        /* ExecReload= is due */
        bool abandoned;
        char **said; /* see runner_is_news() */
        Diag diag;
} Runner;

/* Runs everything; to be called in the forked child. Returns the exit status for svrun. LIFELINE is
 * the end of a pipe that breaks when svrun dies. */
int runner_main(Runner *r, int lifeline);

/* PID, which is a child or a descendant, is the main process from now on; 0: none is. */
void runner_set_main(Runner *r, pid_t pid);

/* The exit status of svrun for an ending: the command's, or 128 and the signal. */
int runner_status(const Ending *e);

/* How long what is told to stop may take: microseconds. */
uint64_t runner_stop_span(const Runner *r);

/* Waits for one event and does what it always means. Returns 0, or -ECANCELED when svrun is gone
 * and everything must end; or another negative errno. */
int runner_wait(Runner *r, uint64_t deadline, Event *ret);

/* Is any process of the unit left, running or not yet waited for? */
bool runner_has_children(void);

/* Says "svrun: ..." on standard error, a full line in one write. */
void runner_say(const Runner *r, const char *format, ...) _printf_(2, 3);

/* Is this the first time? What is true of all commands of a unit is said once, not for each;
 * without memory to note that, again. */
bool runner_is_news(Runner *r, const char *text);

/* Says what was noted in the Diag since the last time: errors, and what is news. */
void runner_say_notes(Runner *r);
