/*
 * Limits of control groups that a new process meets at once, before it is svexec.
 */
#pragma once

#include "supervisor/manager/group.h"

/* Has the group PATH, or one that it is in, a limit of memory, processor time or input and output?
 * The kernel is asked, whoever has set it. */
bool group_limit_is_set(const GroupTree *t, const char *path);
