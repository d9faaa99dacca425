/*
 * A terminal of the unit's own: TTYPath= and its kin, systemd.exec(5).
 */
#pragma once

#include "units/config.h"

/* TTYPath=, or the console. */
const char *tty_path(const Config *c);

/* Does StandardInput= name it? */
bool tty_is_input(const Config *c);

/* Opens it as TTYVHangup=, TTYReset=, TTYRows= and TTYColumns= say. It becomes nobody's controlling
 * terminal. Returns the fd or negative errno. */
int tty_open(const Config *c);

/* What TTYReset= and TTYVHangup= do when a unit is over that had a terminal as its input. Errors
 * are nobody's business then. */
void tty_leave(const Config *c);
