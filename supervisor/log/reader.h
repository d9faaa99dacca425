/*
 * Reads the log files of units, all merged by time, while svlogd goes on writing, renaming and
 * removing them. What is no whole record is stepped over.
 */
#pragma once

#include "base/macro.h"
#include "supervisor/log/record.h"

typedef struct Reader Reader;

/* DIRS are where log files lie; those that do not exist are left out. UNITS are the names to read,
 * NULL for all. */
int reader_open(char *const *dirs, char *const *units, Reader **ret);
void reader_free(Reader *r);
DEFINE_CLEANUP(Reader, reader_free)

/* How many of the directories are there. */
size_t reader_directories(const Reader *r);

/* The oldest record that was not given yet, and whose it is; both are valid until the next call.
 * Returns 1, 0 when there are no more for now, or a negative errno. */
int reader_next(Reader *r, Record *ret, const char **ret_unit);

/* Waits until there may be more. Returns 0 also when nothing came in TIMEOUT_MSEC (-1: no limit),
 * and -EPIPE when nobody reads OUTPUT any more. */
int reader_wait(Reader *r, int output, int timeout_msec);
