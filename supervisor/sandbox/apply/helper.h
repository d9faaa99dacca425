/*
 * What a process cannot do for itself, its parent does on request: mapping
 * foreign ids into the user namespace that it has just made, and keeping its
 * namespaces for the unit's further commands. The two talk over a socket pair.
 */
#pragma once

#include "supervisor/sandbox/apply/apply.h"

/* In the child, after unshare(CLONE_NEWUSER). UID and GID stay what they are, and so does root;
 * everybody else becomes nobody (PRIVATE_USERS_SELF), or all stay (the other kinds). Returns when
 * it is done: 0 or negative errno. */
int helper_map_users(int helper_fd, PrivateUsers kind, uid_t uid, gid_t gid);

/* In the child, when all its namespaces exist: asks the parent to open those of the kinds in FLAGS
 * (CLONE_NEW* bits). Returns 0 or negative errno. */
int helper_keep_namespaces(int helper_fd, uint64_t flags);

/* In the child, when nothing but the execution is left that can take long or fail of itself: from
 * now on, silence means success. Returns 0 or negative errno. */
int helper_announce_end(int helper_fd);

typedef enum HelperEnd {
        HELPER_SUCCEEDED, /* the child announced the end, and closed the socket by executing */
        HELPER_REPORTED,  /* a record came */
        HELPER_DIED,      /* the child ended before, without a word */
} HelperEnd;

/* In the parent: serves the requests of CHILD on the other end of the socket until the child closes
 * its end, or sends a record of SIZE bytes, which is put into RET_LAST. KEEP: where to put
 * namespaces, or NULL to refuse that. */
HelperEnd helper_serve(int socket_fd, pid_t child, int keep[], void *ret_last, size_t size);
