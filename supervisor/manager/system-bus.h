/*
 * The system bus, which a service of Type=dbus is up on as soon as it owns its name, and over as
 * soon as it does not: systemd.service(5). There is a connection only while a service needs it. It
 * never blocks, and is made anew when the bus daemon went; who owns what is asked then, so that
 * nothing depends on messages that were lost with a connection or with a manager.
 */
#pragma once

#include "supervisor/manager/service.h"

/* Connects, asks and forgets as services need it. Called at each turn. */
void system_bus_follow(Manager *m);

/* When it is to be called again at the latest; UINT64_MAX: nothing is due. */
uint64_t system_bus_deadline(const Manager *m);

/* What is heard on the bus is not for S any more. */
void system_bus_forget(Service *s);
