/*
 * The socket of sd_notify(3): one for all services, kept with svinit, and the messages that wait in
 * it. Whose a message is, the control group of its sender says.
 */
#pragma once

#include "supervisor/manager/manager.h"

/* Takes the socket that svinit kept, or makes one. Returns 0 or negative errno. */
int manager_notify_open(Manager *m);

/* Does what all messages say that were sent before now. */
void manager_notify_take(Manager *m);
