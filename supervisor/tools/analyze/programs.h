/*
 * Are the programs there that a unit wants to execute?
 */
#pragma once

#include "units/config.h"

/* Looks for the program of each command of C beneath ROOT_FD, and within RootDirectory= where that
 * applies; what is bound into it is looked for where it comes from. DIAG gets an error for each
 * that is missing or not executable, a warning where failure is ignored. */
void programs_check(const Config *c, int root_fd, Diag *diag);
