/*
 * Variables that depend on what svexec was given, beside those that the manager wrote into
 * Variables=: systemd.exec(5), sd_listen_fds(3), sd_watchdog_enabled(3).
 */
#pragma once

#include "supervisor/exec/svexec/facts.h"

/* A new list of "NAME=VALUE". To be called in the process that becomes the command. */
int variables_make(const Facts *f, char ***ret);
