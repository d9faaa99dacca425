/*
 * The files that a pattern with "*", "?" or "[a-z]" names: glob(7). The C
 * library's own function looks users up for "~", which a static program must not.
 */
#pragma once

#include "base/macro.h"

/* Has PATH a character that makes it a pattern? */
bool path_pattern_is(const char *path);

/* All that matches the absolute PATTERN, sorted: a new list, which may be empty. Directories that
 * cannot be read match nothing. Hidden names need a pattern that begins with ".". Returns 0 or
 * -ENOMEM. */
int path_pattern_expand(const char *pattern, char ***ret);
