/*
 * Requests for jobs from a file, until the manager has a bus: lines "VERB UNIT" (start, stop,
 * reload, restart ...) in MANAGER_RUN_DIRECTORY/requests, which root alone can write. They are read
 * when svinit gets SIGUSR1, which asks for a look at the bus.
 */
#pragma once

#include "supervisor/manager/manager.h"

void request_file_run(Manager *m);
