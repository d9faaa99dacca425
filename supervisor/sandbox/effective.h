/*
 * What settings come to once those that imply others are taken into account:
 * systemd.exec(5), "DynamicUser=" and "NoNewPrivileges=". Each answer comes with the
 * directive that decided, so that plans name the right one.
 */
#pragma once

#include "supervisor/sandbox/plan.h"

typedef struct Effective {
        int value;
        const char *directive;
} Effective;

Effective effective_private_tmp(const Config *c);        /* PrivateTmp */
Effective effective_protect_system(const Config *c);     /* ProtectSystem */
Effective effective_protect_home(const Config *c);       /* ProtectHome */
Effective effective_restrict_suid_sgid(const Config *c); /* bool */

/* Does the process keep CAP_SYS_ADMIN until execve(), so that it may load filters? */
bool effective_can_load_filters(const Config *c, const PlanContext *x);
