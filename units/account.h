/*
 * The ids of users and groups, from /etc/passwd and /etc/group alone: never NSS, which may wait for
 * others.
 */
#pragma once

#include <sys/types.h>

/* By name. Return 0 or -ESRCH. */
int account_find_user(const char *name, uid_t *ret);
int account_find_group(const char *name, gid_t *ret);
