/*
 * Descriptors that the manager passes at the start: sd_listen_fds(3), by the documented environment
 * protocol (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES; numbers from 3 on).
 */
#pragma once

#include "base/macro.h"

/* Called for each, with its name ("" if it has none). Takes the fd over. */
typedef void PassedFdsHandler(int fd, const char *name, void *userdata);

/* Marks all of them close-on-exec, hands them out, and removes the variables. */
void passed_fds_take(PassedFdsHandler *take, void *userdata);
