/*
 * Are the users and groups there that a unit wants to run as?
 */
#pragma once

#include "units/config.h"

/* Looks for them in /etc/passwd and /etc/group beneath ROOT_FD. DIAG gets a warning for each that
 * is missing: it may well be made before the unit is started. */
void accounts_check(const Config *c, int root_fd, Diag *diag);
