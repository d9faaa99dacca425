/*
 * Shows standard output page by page, in the program that $PAGER names, else less(1). Only a
 * terminal is paged; without such a program everything is printed directly.
 */
#pragma once

#include <sys/types.h>

#include "supervisor/tools/ctl/ctl.h"

/* From now on standard output goes to the pager, unless S asks for none, or for JSON. Returns its
 * pid, 0: there is none. */
pid_t pager_begin(const CtlSettings *s);

/* All is written: waits until the reader has left the pager. Nothing for 0. */
void pager_end(pid_t pager);
