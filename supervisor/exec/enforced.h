/*
 * What a unit says and nobody acts on in this version.
 */
#pragma once

#include "units/config.h"

/* The names of C's assigned rows whose flags, of those in MASK, are FLAGS: "A=, B=". */
void enforced_add_names(const Config *c, unsigned mask, unsigned flags, StrBuf *to);

/* Walls of the sandbox that were asked for and are not there: an error where STRICT (-EOPNOTSUPP),
 * else a warning. */
int enforced_check(const Config *c, bool strict, Diag *diag);
