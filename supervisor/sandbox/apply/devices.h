/*
 * The private /dev of PrivateDevices=: the harmless devices of systemd.exec(5),
 * and what programs expect beside them.
 */
#pragma once

#include "supervisor/sandbox/apply/apply.h"

enum { DEVICES_TREES = 4, DEVICES_NODES = 6 };

/* The /dev of the host, and what of it is brought along whole: copied before the view gets any
 * attributes, so that ProtectSystem=strict does not reach it. */
typedef struct Devices {
        bool own_nodes; /* those that we make can be opened */
        int host;
        int console;              /* the terminal of an ordinary user; -EBADF: none */
        int trees[DEVICES_TREES]; /* -EBADF: the host has none */
        int nodes[DEVICES_NODES]; /* -EBADF: to be made */
} Devices;

#define DEVICES_INIT                                             \
        {                                                        \
                .host = -EBADF, .console = -EBADF,               \
                .trees = { [0 ... DEVICES_TREES - 1] = -EBADF }, \
                .nodes = { [0 ... DEVICES_NODES - 1] = -EBADF }, \
        }

int devices_open(Devices *d, ApplyContext *x);
void devices_close(Devices *d);

/* Fills the tmpfs DEV, which is attached already. */
int devices_fill(int dev, const Devices *d, ApplyContext *x);
