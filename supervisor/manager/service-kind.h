/*
 * The types of units that run commands, and hold processes in a control group: besides services
 * those of mounts, swap spaces and scopes. All take the way of service-fsm.h; here is where they
 * differ, one table each.
 *
 * A mount is, so to speak, a oneshot service whose commands are mount(8) and umount(8), and which
 * is up while the kernel has it. So a time-out, a kill, and a manager that dies half-way are what
 * they are for a service.
 */
#pragma once

#include "supervisor/manager/service.h"

typedef struct ServiceKind {
        /* What systemctl(1) calls the states; NULL: as the table does. */
        const char *const *names;
        /* Adds to the settings what the type itself makes of them: 0 or negative errno. NULL:
         * nothing. */
        int (*complete)(const Service *s, Config *c);
        /* What is to be done before the main command. EVENT_NONE: go on with that. */
        ServiceEvent (*prepare)(Service *s);
        /* Is it there, as far as the kernel knows by now? NULL: its processes say. */
        bool (*is_there)(const Service *s);
} ServiceKind;

/* Is there an entry for units of that type? */
bool service_kind_has(UnitType type);
const ServiceKind *service_kind(const Service *s);

/* "mounting" */
const char *service_kind_state_name(const Service *s);

/* For "complete": adds a command, and "Type=oneshot" with these time-outs. Return 0 or -ENOMEM. */
int service_kind_add_command(CommandList *list, const char *const *argv);
int service_kind_make_oneshot(Config *c, uint64_t timeout);

/* The tables. */
extern const ServiceKind mount_kind, swap_kind, scope_kind;
