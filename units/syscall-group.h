/*
 * The "@groups" of system calls, systemd.exec(5) under SystemCallFilter=: a
 * name for a set of calls. A group can hold other groups.
 */
#pragma once

#include "units/syscall-set.h"

typedef struct SyscallGroup {
        const char *name;        /* with "@" */
        const char *text;        /* what it is for, without full stop */
        const uint16_t *members; /* read by syscall_group_member(); NULL: all calls */
        size_t n;                /* how many members */
} SyscallGroup;

/* In the order of their names. */
extern const SyscallGroup syscall_group_table[];
extern const size_t syscall_group_count;

/* NAME with its "@"; NULL where there is no such group. */
const SyscallGroup *syscall_group_find(const char *name);

/* The group that NAME was probably meant to be, or NULL. */
const SyscallGroup *syscall_group_nearest(const char *name);

/* What the group's own list holds at position I: either a nested group (*RET_ID is untouched), or
 * NULL and the call in *RET_ID. */
const SyscallGroup *syscall_group_member(const SyscallGroup *g, size_t i, SyscallId *ret_id);

/* Adds all calls of the group and of the groups in it. */
void syscall_group_collect(const SyscallGroup *g, SyscallSet *set);
