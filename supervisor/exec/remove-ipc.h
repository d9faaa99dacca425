/*
 * Removing the System V and POSIX IPC objects of a user and a group: shared
 * memory, semaphores and message queues, svipc(7), shm_overview(7), mq_overview(7).
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/* Either may be -1: nobody's. Objects of user 0 stay. POSIX objects are looked for in /dev/shm and
 * in /dev/mqueue. Goes on after an error and returns the first. */
int remove_ipc(uid_t uid, gid_t gid);
