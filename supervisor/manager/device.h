/*
 * Device units: systemd.device(5). A unit exists as soon as something mentions it, and is up while
 * its device is plugged in; nothing is made for devices that nobody waits for.
 *
 * The kernel's events, and udev's, only say that something has changed. What is there is asked of
 * /dev and /sys each time, so a message that is lost, doubled or forged has no effect.
 *
 * Without udev a device counts as plugged when it has a node. With udev (/run/udev/control) it has
 * to be through with it, and must not say SYSTEMD_READY=0.
 */
#pragma once

#include "supervisor/manager/manager.h"

extern const UnitOps device_ops;

typedef struct Device {
        char *sysfs;     /* "/sys/devices/..."; NULL: not known */
        char *following; /* the unit by that path, for one that has another name; NULL: none */
} Device;

/* What is known of a device unit; NULL: it was not looked at. */
const Device *device_known(const Unit *u);
void device_forget(Unit *u);

/* Begins to listen. Returns 0 or negative errno. */
int device_begin(Manager *m);

/* Looks at units that are new. */
void device_follow_new(Manager *m);
