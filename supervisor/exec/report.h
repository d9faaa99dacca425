/*
 * Sending and receiving what protocol.h describes.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"
#include "supervisor/exec/protocol.h"

/* KEPT has EXEC_KEPT_COUNT descriptors, -EBADF where there is none; NULL: none at all. Returns 0 or
 * negative errno. */
int report_send(int fd, ExecReport *report, const int *kept);

/* A message of at most sizeof(ExecReport) bytes, which the caller looks at if it is shorter.
 * Returns its size, 0 at the end of the socket, or negative errno. Attached descriptors replace
 * those in KEPT, as REPORT->kept tells; with NULL, or in what is no report, they are closed. */
ssize_t report_receive(int fd, ExecReport *ret, int *kept);

/* Fills FAILED. DIRECTIVE and WITHOUT may be NULL. */
void report_set_failed(ExecReport *r, int exit_status, int error, const char *directive);

/* Cuts TEXT off where the report has no more room. */
void report_set(char *field, size_t size, const char *text);
#define REPORT_SET(field, text) report_set(field, sizeof(field), text)
