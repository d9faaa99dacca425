/*
 * What DeviceAllow= says, as numbers: systemd.resource-control(5). Names are
 * looked up on the host, in /dev and /proc/devices.
 */
#pragma once

#include <stdint.h>

#include "base/macro.h"

enum { DEVICE_ANY = -1 };

typedef struct DeviceRule {
        uint32_t type;   /* BPF_DEVCG_DEV_* */
        uint32_t access; /* BPF_DEVCG_ACC_* that are allowed */
        int64_t major;   /* or DEVICE_ANY */
        int64_t minor;   /* or DEVICE_ANY */
} DeviceRule;

typedef struct DeviceRules {
        DeviceRule *items;
        size_t n;
} DeviceRules;

void device_rules_done(DeviceRules *r); /* for _cleanup_ */

/* The pseudo devices of DevicePolicy=closed, terminals of /dev/pts, and the nodes without a driver
 * that stand for inaccessible ones. */
int device_rules_add_pseudo(DeviceRules *r);

/* LINE is "/dev/NODE", "char-NAME" or "block-NAME" with a glob, then the letters r, w and m, all
 * without any. What does not exist on this host gets no rule: nothing is allowed by it. */
int device_rules_add_line(DeviceRules *r, const char *line);
