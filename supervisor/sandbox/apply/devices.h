/*
 * The private /dev of PrivateDevices=: the harmless devices of systemd.exec(5),
 * and what programs expect beside them.
 */
#pragma once

#include "supervisor/sandbox/apply/apply.h"

/* Fills the tmpfs DEV, which is attached already, from HOST, the /dev of the host. */
int devices_fill(int dev, int host, ApplyContext *x);
