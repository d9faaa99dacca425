/*
 * The private /dev of PrivateDevices=: the harmless devices of systemd.exec(5),
 * and what programs expect beside them.
 */
#pragma once

#include "supervisor/sandbox/apply/apply.h"

enum { DEVICES_TREES = 4 };

/* The /dev of the host, and what of it is brought along whole: copied before the view gets any
 * attributes, so that ProtectSystem=strict does not reach it. */
typedef struct Devices {
        int host;
        int trees[DEVICES_TREES]; /* -EBADF: the host has none */
} Devices;

#define DEVICES_INIT                                                        \
        {                                                                   \
                .host = -EBADF, .trees = { -EBADF, -EBADF, -EBADF, -EBADF } \
        }

int devices_open(Devices *d, ApplyContext *x);
void devices_close(Devices *d);

/* Fills the tmpfs DEV, which is attached already. */
int devices_fill(int dev, const Devices *d, ApplyContext *x);
