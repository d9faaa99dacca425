/*
 * Control groups, cgroups(7), version 2: one a unit, below the manager's own subtree, at the path
 * of its slice: "system.slice/a.service". A group is named by its path below that subtree, which
 * stays the same as long as it exists.
 *
 * What is below a unit's group belongs to the unit, which may have made it (Delegate=).
 */
#pragma once

#include <sys/types.h>

#include "base/diag.h"
#include "base/macro.h"

typedef struct GroupTree {
        int root;     /* the directory of the subtree; -EBADF: this system has no groups */
        char *prefix; /* of paths in /proc/PID/cgroup: "" or "/svalinn" */
        int watch;    /* inotify */
        struct Registry *registry; /* where slices are found; NULL: none has a say */
        bool startup;              /* the system boots or shuts down: Startup...= counts */
} GroupTree;

/* Finds the hierarchy and makes the subtree: beside another process 1 in a group "svalinn" below
 * our own, else our own group. Our process and its parent, svinit, are moved to "init.scope" in it.
 * Returns 0 or negative errno, and DIAG says what failed. */
int group_tree_open(GroupTree *t, bool adjacent, Diag *diag);
void group_tree_close(GroupTree *t);

/* The directory of the group PATH, as a new fd; -ENOENT: there is none. */
int group_open(const GroupTree *t, const char *path);

/* Makes the group PATH with its parents. Returns an fd on its directory or negative errno. */
int group_make(const GroupTree *t, const char *path);

/* As group_make(), but a group that is there and has no process in it is replaced by a new one: in
 * one that was killed whatever is made may die at once. */
int group_renew(const GroupTree *t, const char *path);

/* Removes all groups below PATH. -EBUSY: there are processes in some; -ENOENT: there is no PATH. */
int group_prune(const GroupTree *t, const char *path);

/* Removes the group with all that is below. The slice that it is in keeps its own, which has its
 * limits. -EBUSY: there are processes in it. One that does not exist is fine. */
int group_remove(const GroupTree *t, const char *path);

/* Watches an attribute that tells of its changes: "cgroup.events" when the last process ends.
 * Returns the number that group_next_event() tells, or negative errno. The kernel forgets it when
 * the group is removed. */
int group_watch(const GroupTree *t, const char *path, const char *attribute);
int group_next_event(const GroupTree *t); /* -EAGAIN: no more */

/* Is there a process in the group or below it? One that does not exist has none. */
bool group_is_populated(const GroupTree *t, const char *path);

/* Who makes a process in a frozen group waits until it executes, which is never. So is the group
 * open as FD our own, that nobody else may freeze? Is PATH, or what it is in, frozen? */
bool group_is_ours(int fd);
bool group_is_frozen(const GroupTree *t, const char *path);
int group_thaw(const GroupTree *t, const char *path);

/* How deep groups may be nested below a unit's own, and how many there may be: bounds for whoever
 * has no privileges. Removing one takes the kernel some 0.1 ms. */
#define GROUP_DEPTH_MAX 32
int group_bound(const GroupTree *t, const char *path);

/* Calls FOUND for each process in the group and below it, as far down as GROUP_DEPTH_MAX. */
void group_each(const GroupTree *t, const char *path, void (*found)(pid_t pid, void *userdata),
                void *userdata);

/* Kills all at once, frozen or not and however deep, so that none can fork away. Returns 0 or
 * negative errno. */
int group_kill(const GroupTree *t, const char *path);

/* The path of the group that PID is in, below the subtree, into a new string; -ENXIO: elsewhere. */
int group_of(const GroupTree *t, pid_t pid, char **ret);

/* Sends SIGNAL to PID if that is a process of the group or below it. No other one can be hit, even
 * when the number is used anew meanwhile. Returns 0, -ESRCH: there is no such process, or negative
 * errno. */
int group_signal(const GroupTree *t, const char *path, pid_t pid, int signal);

/* Is PID a living process of the group? */
bool group_has(const GroupTree *t, const char *path, pid_t pid);

/* One attribute of a group: "memory.max". -ENOENT: this system has no such thing. */
int group_write(const GroupTree *t, const char *path, const char *attribute, const char *text);
int group_read(const GroupTree *t, const char *path, const char *attribute, char *text,
               size_t size);

/* Lets groups below those on the way to PATH use controllers such as "memory". What cannot be had
 * shows when attributes are written. */
void group_enable(const GroupTree *t, const char *path, const char *controller);
