/*
 * Questions asked after an operation failed: could it have succeeded on this
 * kernel, for this caller? Only a "no" lets Enforce=warn go on without it.
 */
#pragma once

#include "supervisor/sandbox/op.h"

int supported_namespace(const Op *op, bool rootless, const char **ret_reason);
int supported_user_namespace(const Op *op, bool rootless, const char **ret_reason);
int supported_mount(const Op *op, bool rootless, const char **ret_reason);
int supported_proc(const Op *op, bool rootless, const char **ret_reason);
/* Limits, nice levels, the OOM score: would this process be allowed to? */
int supported_privilege(const Op *op, bool rootless, const char **ret_reason);
int supported_device_policy(const Op *op, bool rootless, const char **ret_reason);
int supported_keyring(const Op *op, bool rootless, const char **ret_reason);
int supported_filter(const Op *op, bool rootless, const char **ret_reason);
