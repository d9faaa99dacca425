/*
 * What the manager and svexec say to each other. svexec, started without arguments, becomes one
 * command of one unit; with --finish it removes what the run of a unit left on the host. Nothing
 * but this header is known to both.
 *
 * svexec finds what it needs by number: the three below, then, without gaps, what earlier commands
 * reported and the words of Kept= name, then what is passed to the command and FdNames= names. All
 * else is closed, and the standard streams are not used.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The text is a unit as config_format() writes it, in a memfd that nobody can write to any more
 * (F_SEAL_WRITE), with the facts of this start in the section [X-Svexec]:
 *
 *   UnitName=, InvocationId=, Variables= (MAINPID, SERVICE_RESULT, MONITOR_*: what the manager
 *   knows and the settings do not), NotifySocket= (a path)
 *   ExecList=    the directive ("ExecStart"), or "Command" with Command= given as well
 *   ExecIndex=   which of its commands, from 0
 *   FdNames=     sd_listen_fds_with_names(3); the first SocketCount= of them come from socket units
 *   RunId=       what the first report of this run said; left out before that
 *   Without=     all that reports said in "without", while the manager lives or longer
 *   Restarting=  for --finish: the run goes on, so that a runtime directory may stay
 *
 * The process that the manager has made is the one that becomes the command: its pid never changes.
 * It says READY when only limits and filters are left to be set, and then executes, which closes
 * the socket; or it says FAILED, also after READY, and exits with the same status. The end of the
 * socket without either is a crash. A report that finds no reader waits in the socket.
 */

enum {
        EXEC_FD_SOCKET = 3, /* SOCK_SEQPACKET: the reports */
        EXEC_FD_TEXT = 4,
        EXEC_FD_CGROUP = 5, /* the directory of the unit's control group, which svexec is in */
        EXEC_FD_FIRST = 6,  /* Kept=, then FdNames= */
};

/* What a run keeps between its commands. The manager holds them (deposited, so that they outlive
 * it) until the unit has stopped: the record is locked, and what it names is not removed, for as
 * long as anybody has it open. */
typedef enum ExecKept {
        EXEC_KEPT_RECORD,   /* of what is on the host */
        EXEC_KEPT_IDENTITY, /* the lock of a dynamic user's id */
        EXEC_KEPT_USER,     /* the namespaces, for the further commands */
        EXEC_KEPT_MOUNT,
        EXEC_KEPT_NETWORK,
        EXEC_KEPT_IPC,
        EXEC_KEPT_UTS,
        EXEC_KEPT_CGROUP,
        EXEC_KEPT_COUNT,
} ExecKept;

/* The words of Kept=, and names for depositing: char *[EXEC_KEPT_COUNT]. */
#define EXEC_KEPT_NAMES \
        { "record", "identity", "user", "mount", "network", "ipc", "uts", "cgroup" }

typedef enum ExecReportType {
        EXEC_READY = 1,
        EXEC_FAILED,
        EXEC_FINISHED, /* of --finish */
} ExecReportType;

/* One message. The descriptors are attached, in the order of ExecKept; one that was reported before
 * and handed back is not reported again. */
typedef struct ExecReport {
        uint32_t type;
        int32_t exit_status; /* FAILED: that of systemd.exec(5) for the step */
        int32_t error;       /* FAILED: negative errno */
        uint32_t kept;       /* bits: 1 << ExecKept */
        uint32_t enforced;   /* READY: by how many directives the process is confined */
        char run_id[20];     /* "": nothing of the run is left, or it needs nothing that would be */
        char directive[40];  /* FAILED: that could not be done; may be "" */
        char without[80];    /* FAILED: if this is not "", start again with it added to Without=:
                              * under Enforce=warn, what the kernel cannot do at all is left out then
                              * and named in "left". Each is said once */
        char text[512]; /* FAILED: what was done, and why it failed; else remarks, a line each */
        char left[512]; /* READY: what the unit asks for and does not get, and why, a line each */
} ExecReport;
