/*
 * A directory of its own for a fuzz target that needs files. It is removed at the end of the
 * program; only a crash leaves it behind.
 */
#pragma once

#include "base/macro.h"

void scratch_make(void);

/* The path of NAME in it; of four calls in a row each has a buffer of its own. */
const char *scratch_file(const char *name);

void scratch_write(const char *name, const char *text);
void scratch_make_directory(const char *name);
