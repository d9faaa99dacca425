/*
 * What the manager itself is told in /etc/svalinn/manager.conf, which need not exist. It is read
 * when a manager begins.
 */
#pragma once

#include <sys/types.h>

#include "base/diag.h"

#define MANAGER_SETTINGS_FILE "/etc/svalinn/manager.conf"

typedef struct ManagerSettings {
        gid_t readers; /* BusReadGroup=: its members may look at everything; 0: nobody */
} ManagerSettings;

/* What is wrong goes to DIAG and is left out: then only root may look. */
void manager_settings_read(const char *file, ManagerSettings *ret, Diag *diag);
