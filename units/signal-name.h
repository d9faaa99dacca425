/*
 * Signals as unit files name them: "SIGTERM", "TERM", "RTMIN+3", "15". Real-time
 * signals are counted from the C library's SIGRTMIN, as signal(7) says.
 */
#pragma once

#include "base/diag.h"

/* Returns the number, or -ENOENT; the second says what is wrong to DIAG and returns -EINVAL. */
int signal_name_find(const char *name);
int signal_name_parse(const char *name, Diag *diag);

/* "SIGTERM", "SIGRTMIN+3"; the number where there is no name. Returns RET. */
#define SIGNAL_NAME_MAX 24
char *signal_name_format(int number, char ret[static SIGNAL_NAME_MAX]);
