/*
 * A second copy of a line for the console or the kernel's log, where the header of a stream asks
 * for it: StandardOutput=journal+console and kmsg+console of systemd.exec(5). Never waits, and what
 * does not fit is lost there: the log itself has it.
 */
#pragma once

#include "supervisor/log/record.h"

void forward_to_console(const RecordEntry *entry);
void forward_to_kernel(const RecordEntry *entry);
