/*
 * The environment of a command: systemd.exec(5), "Environment Variables in
 * Spawned Processes". Nothing comes from the caller but what PassEnvironment=
 * names.
 */
#pragma once

#include "supervisor/sandbox/plan.h"

typedef struct EnvironmentContext {
        const Identity *identity;
        const char *const *base;    /* the bases of *Directory=, as in PlanContext */
        char *const *caller;        /* environ of the caller, for PassEnvironment= */
        char *const *extra;         /* "NAME=VALUE" set last, before UnsetEnvironment= (svrun -E) */
        const char *terminal;       /* TERM, when the command gets a terminal; else NULL */
        const char *invocation_id;  /* INVOCATION_ID; 32 hex digits */
        const char *notify_socket;  /* NOTIFY_SOCKET, or NULL */
        pid_t main_pid;             /* MAINPID, 0: none */
        const char *service_result; /* SERVICE_RESULT, EXIT_CODE, EXIT_STATUS: for ExecStop= and */
        const char *exit_code;      /* ExecStopPost=; NULL: not set */
        const char *exit_status;
        char *const *variables;     /* what else the supervisor knows; NULL: nothing */
        const char *journal_stream; /* JOURNAL_STREAM, or NULL */
} EnvironmentContext;

/* Builds the list, later assignments of a name replacing earlier ones: PATH and what the supervisor
 * knows, USER= HOME= LOGNAME= SHELL= where User= is set, RUNTIME_DIRECTORY= and its four siblings
 * (":"-separated absolute paths), PassEnvironment=, Environment=, EnvironmentFile= (read now, globs
 * expanded, "-" respected), extra; then UnsetEnvironment=. */
int environment_build(const Config *c, const EnvironmentContext *x, Diag *diag, char ***ret);

/* For the process that executes the command: writes PID into the variable SYSTEMD_EXEC_PID, unless
 * the settings gave it another value. */
void environment_set_exec_pid(char *const *environment, pid_t pid);
