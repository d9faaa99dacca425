/*
 * The device program of a control group.
 */
#pragma once

#include "base/macro.h"

/* Does the kernel take such a program from us? */
bool device_policy_can_load(void);
