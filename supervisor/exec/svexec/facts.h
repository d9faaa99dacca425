/*
 * What svexec was given: the text, and descriptors by their numbers. See
 * supervisor/exec/protocol.h.
 */
#pragma once

#include "supervisor/exec/protocol.h"
#include "units/config.h"

typedef struct Facts {
        Config config;
        int kept[EXEC_KEPT_COUNT]; /* what was handed back; -EBADF: was not */
        int *passed;               /* to the command */
        size_t n_passed;
} Facts;

/* Reads everything, and sees to it that the command inherits none of it. On failure, also of single
 * lines, DIAG says what is wrong: a negative errno. */
int facts_read(Diag *diag, Facts *ret);
void facts_done(Facts *f); /* for _cleanup_ */

/* The command that is to be started, or -ENOENT. */
int facts_find_command(const Facts *f, Diag *diag, const Command **ret);
