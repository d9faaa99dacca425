/*
 * The way to the log: the stream protocol that systemd documents for its journal. Each connection
 * begins with who writes and how; then come lines.
 */
#pragma once

#include "units/config.h"

#define LOG_STREAM_SOCKET "/run/systemd/journal/stdout"

typedef struct LogStream {
        const char *path; /* of the socket */
        const char *unit;
        const char *identifier; /* what the lines are named after */
        int priority;           /* facility and level of lines that do not say */
        bool level_prefix;      /* lines may begin with "<LEVEL>" */
} LogStream;

/* For COMMAND of UNIT. Points to what these own. */
LogStream log_stream_for(const Config *c, const Command *command, const char *unit);

/* Connects, for writing only. CONSOLE: lines are copied there. Returns the fd or negative errno;
 * -EAGAIN when the log did not take the connection in time. */
int log_stream_open(const LogStream *l, bool console);
