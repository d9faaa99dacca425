/*
 * Shows standard output page by page, in the program that $PAGER names, else less(1). Only a
 * terminal is paged; without such a program everything is printed directly.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/* From now on standard output goes to the pager. Returns its pid, 0: there is none. */
pid_t pager_begin(void);

/* All is written: waits until the reader has left the pager. Nothing for 0. */
void pager_end(pid_t pager);
