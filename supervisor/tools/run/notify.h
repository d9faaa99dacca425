/*
 * The notification socket of Type=notify: sd_notify(3).
 */
#pragma once

#include "supervisor/tools/run/runner.h"

/* Does the unit want such a socket? */
bool notify_is_wanted(const Config *c);

/* Does it count as started only when it has said READY=1? */
bool notify_is_awaited(const Config *c);

/* Makes the socket, once, before the first command starts. Nothing where it is not wanted. */
int notify_open(Runner *r);

/* Reads what is there: READY=1, MAINPID=, from whom NotifyAccess= trusts. */
void notify_read(Runner *r);
