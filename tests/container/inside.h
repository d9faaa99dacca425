/*
 * What the first process of a container does before it becomes the program: the file system is a
 * copy of the host's that vanishes with it, and what tells about the kernel is the container's own.
 */
#pragma once

#include <stdbool.h>

typedef struct Inside {
        const char *name; /* the host name */
        char *const
                *binds; /* paths of the host that are the same inside, writable; NULL-terminated */
        bool own_network; /* then its loopback interface is brought up */
} Inside;

/* To be called in new pid, mount, uts, ipc and perhaps network namespaces, and in the container's
 * control group. Returns 0, or negative errno and in *RET_WHAT what failed. */
int inside_set_up(const Inside *in, const char **ret_what);
