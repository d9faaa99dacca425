/*
 * The options of mounts, a list with commas as in fstab(5), and what follows from them.
 */
#pragma once

#include "base/macro.h"

/* OPTIONS may be NULL. */
bool mount_option_has(const char *options, const char *option);

/* Does it need the network? TYPE and OPTIONS may be NULL. */
bool mount_option_is_network(const char *type, const char *options);
