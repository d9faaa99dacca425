/*
 * Reads what a control group has used, when somebody asks.
 */
#pragma once

#include "supervisor/manager/group.h"
#include "supervisor/manager/usage.h"

/* What the group PATH uses now. One that is not there uses nothing that is known. */
void group_usage_read(const GroupTree *t, const char *path, Usage *ret);

/* How many processes the kernel has killed in it for want of memory, so far; 0 where it does not
 * say. */
uint64_t group_usage_oom_kills(const GroupTree *t, const char *path);
