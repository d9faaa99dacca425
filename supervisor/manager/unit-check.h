/*
 * Does a unit make sense as a whole? What systemd.service(5), systemd.mount(5) and systemd.swap(5)
 * demand of one beyond its single lines.
 */
#pragma once

#include "supervisor/manager/unit.h"
#include "units/config.h"

/* 0, or -ENOEXEC and DIAG says what is missing. */
int unit_check(const Unit *u, const Config *c, Diag *diag);
