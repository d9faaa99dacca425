/*
 * Where the directories of units lie: /run, /var/lib and so on for the system,
 * the XDG base directories for ordinary users, as systemd.unit(5) has them
 * under %t, %S, %C, %L and %E.
 */
#pragma once

#include "supervisor/sandbox/identity.h"

typedef struct UserDirectories {
        char *base[DIRECTORY_BASES];
        char *notify;
} UserDirectories;

void user_directories_done(UserDirectories *d); /* for _cleanup_ */
int user_directories_find(bool rootless, UserDirectories *ret);
