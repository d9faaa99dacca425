/*
 * Everything that one Exec line needs before its process can become the command: its plan, what
 * that wants on the host, the environment, the arguments, the streams.
 */
#pragma once

#include "supervisor/exec/environment.h"
#include "supervisor/exec/host.h"
#include "supervisor/exec/launch.h"
#include "supervisor/exec/streams.h"
#include "units/config.h"

typedef struct PreparationRequest {
        const Config *config;
        const Command *command;
        const char *list;               /* the directive it is of: "ExecStart" */
        PlanContext context;            /* but for what depends on the command */
        EnvironmentContext environment; /* likewise */
        StreamsContext streams;
} PreparationRequest;

typedef struct Preparation {
        Plan plan;
        char **environment;
        char **argv;
        const char *search; /* of the environment */
        Streams streams;
        bool steals_terminal; /* tty-force */
        bool shares;          /* with the unit's other commands: the namespaces */
} Preparation;

void preparation_done(Preparation *p); /* for _cleanup_ */

/* The plan alone: systemd.service(5) says what prefixes and lists change. */
int preparation_plan(const PreparationRequest *q, Diag *diag, Plan *ret);

/* What is made on the host is recorded in HOST, also when it fails: then DIAG says why, and
 * *RET_EXIT_STATUS is the step's of systemd.exec(5). */
int preparation_make(const PreparationRequest *q, Host *host, Diag *diag, int *ret_exit_status,
                     Preparation *ret);

/* Does C have more than one command, which share what they can? */
bool preparation_has_several(const Config *c);

/* Where identity_resolve() failed: EXIT_USER or EXIT_GROUP. */
int preparation_identity_status(const Diag *d);
