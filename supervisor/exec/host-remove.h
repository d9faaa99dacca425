/*
 * Taking away what a record names.
 */
#pragma once

#include "supervisor/exec/host-record.h"

/* What is gone already, or not empty and was to stay then, is fine. UID_LOCK_FD: the caller's own
 * lock of a dynamic user's id, or -EBADF. Returns 0 or negative errno. */
int host_remove(HostRecordKind kind, const char *path, int uid_lock_fd);
