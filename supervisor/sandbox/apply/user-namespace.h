/*
 * Whether we are in the machine's own user namespace. In any other one, what calls itself root
 * makes no device node that can be opened, and loads no device program.
 */
#pragma once

#include "base/macro.h"

bool user_namespace_is_first(void);
