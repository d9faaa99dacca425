/*
 * What a process cannot do for itself, another one that stayed outside does on request: mapping
 * foreign ids into the user namespace that it has just made. The two talk over a socket pair.
 */
#pragma once

#include <sys/types.h>

#include "units/enums.h"

/* In the process, after unshare(CLONE_NEWUSER). UID and GID stay what they are, and so does root;
 * everybody else becomes nobody (PRIVATE_USERS_SELF), or all stay (the other kinds). Returns when
 * it is done: 0 or negative errno. */
int helper_map_users(int helper_fd, PrivateUsers kind, uid_t uid, gid_t gid);

/* In the helper: RECORD of N bytes came from PID. True if it was a request; it is answered then. */
bool helper_answer(int socket_fd, pid_t pid, const void *record, size_t n);

/* Makes a process that answers the caller's requests, for a caller whose parent does not. Returns
 * the socket to it: when that is closed, the process ends. Else negative errno. */
int helper_start(pid_t *ret_pid);
