/*
 * What the command line of svrun asks for.
 */
#pragma once

#include "base/program.h"

typedef struct Request {
        char **properties;  /* "NAME=VALUE", as written */
        char **environment; /* "NAME=VALUE"; "NAME" was resolved from the caller's */
        const char *unit;   /* a path or a name, or NULL */
        const char *working_directory;
        bool same_directory;
        const char *user;
        const char *group;
        bool pty;  /* -t */
        bool pipe; /* -P */
        bool quiet;
        bool explain;
        bool json;
        char **command; /* points into argv; NULL: none */
} Request;

extern const Program request_program;

void request_done(Request *r); /* for _cleanup_ */

/* Returns 1 with *RET filled, 0 when there is nothing left to do (help was shown), or a negative
 * errno after saying on stderr what is wrong: exit status PROGRAM_EXIT_USAGE. */
int request_parse(int argc, char *argv[], Request *ret);

/* Whether the command gets a pseudo terminal: what was asked, else whether svrun itself has one. */
bool request_wants_pty(const Request *r);
