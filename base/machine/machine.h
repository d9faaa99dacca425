/*
 * The first and the last minute of a machine, or of a container, for the program
 * that is process 1 of it. Nothing here is undone when it fails: process 1 has to
 * go on with what there is.
 */
#pragma once

#include "base/macro.h"

typedef struct Machine {
        const char *program; /* for messages */
        bool ours;           /* set by machine_begin(): not a container's process 1 */
} Machine;

/* Mounts the kernel's file systems as they are usual, sets host name (hostname(5)), machine id
 * (machine-id(5)), loopback interface, and, where the machine is ours, clock and keyboard.
 * Allocates memory. */
void machine_begin(Machine *m);

/* Sends signal NUMBER and waits until no child is left, SECONDS at most: to all processes, as
 * process 1 may, or to our descendants, of which many become our children only when their parents
 * end. Wants SIGCHLD blocked. Allocates nothing. */
void machine_end_processes(bool all, int number, unsigned seconds);

/* Stops swapping, unmounts everything but /proc, /sys, /dev and /run, makes read-only what is still
 * in use, and frees loop and device-mapper devices. For when the machine is ours and no process is
 * left. Allocates nothing; may be done again. */
void machine_end(void);
