/*
 * The stream protocol of sd_journal_stream_fd(3), as launchers of services speak it: a client
 * connects, sends seven lines (identifier, unit, priority, whether "<N>" at the beginning of a line
 * is a priority, and whether to forward to syslog, the kernel's log and the console), and from
 * then on what it writes is the output of a service. Pure: bytes in, fields out.
 */
#pragma once

#include "base/macro.h"
#include "supervisor/log/record.h"
#include "units/unit-name.h"

enum { STREAM_HEADER_LINES = 7 };

/* All zero is a stream of which nothing has come yet. */
typedef struct StreamHeader {
        uint32_t lines; /* how many of the seven have come */
        uint32_t priority;
        bool level_prefix;
        bool forward_kmsg;
        bool forward_console;
        char identifier[RECORD_IDENTIFIER_MAX + 1];
        char unit[UNIT_NAME_MAX]; /* what the client says, a valid name or "" */
} StreamHeader;

/* The next line of the header, without its newline. Returns 0, or -EBADMSG for a header that no
 * client would send. */
int stream_header_take(StreamHeader *h, const char *line, size_t length);

/* The priority of a line of output: its "<N>" is stepped over if the header says that it is one. */
int stream_header_priority(const StreamHeader *h, const char **line, size_t *length);

/* How many bytes at TEXT are one whole line, and how many of them are its content: the rest is what
 * ends it, a newline or NUL. 0: the line goes on. */
size_t stream_header_line(const char *text, size_t n, size_t *ret_content);
