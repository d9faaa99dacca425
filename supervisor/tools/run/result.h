/*
 * What became of a unit, in the words of systemd.exec(5): $SERVICE_RESULT,
 * $EXIT_CODE and $EXIT_STATUS, for the commands that run when it stops.
 */
#pragma once

#include "supervisor/tools/run/runner.h"
#include "units/signal-name.h"

/* Is this end no failure? systemd.service(5), "SuccessExitStatus=". */
bool result_is_clean(const Runner *r, const Ending *e);

/* Notes a failure; the first one counts. WORD is static. */
void result_set(Runner *r, const char *word);
void result_set_ending(Runner *r, const Ending *e); /* nothing where it is clean */

/* "success", "exit-code", "timeout": static. */
const char *result_word(const Runner *r);

/* Of the main process; both NULL where MAIN_ENDING is NULL. The status is a number, or the name of
 * a signal, which may lie in BUFFER. */
const char *result_code(const Ending *main_ending);
const char *result_status(const Ending *main_ending, char buffer[static SIGNAL_NAME_MAX]);
