/*
 * The two things that svexec does. Both read facts.h, and end with a report on EXEC_FD_SOCKET.
 */
#pragma once

#include "supervisor/exec/report.h"
#include "supervisor/exec/svexec/facts.h"

/* Becomes the command, or ends with the exit status that is reported. */
_noreturn_ void svexec_start(void);

/* Removes what the run left on the host. Returns the exit status. */
int svexec_finish(void);

/* Puts all of DIAG into a field of a report, a line each. */
void svexec_put_lines(char *field, size_t size, const Diag *diag);
#define SVEXEC_PUT_LINES(field, diag) svexec_put_lines(field, sizeof(field), diag)

/* Makes R say FAILED with the last error of DIAG. */
void svexec_fail(ExecReport *r, int exit_status, int error, const Diag *diag);
