/*
 * One record of a log file is one line of text, which grep(1) and people can read and no sender can
 * forge:
 *
 *     2026-11-24T22:42:10.123456Z 1234.567890 9f3b2c1d 6     19 nginx[123]: message
 *     real time (UTC)             monotonic   boot     |      bytes behind this to the line's end
 *                                                      priority, 0 to 7
 *
 * Control characters and backslashes are written as "\n", "\\" and "\xHH", and so is what is no
 * UTF-8; a tab stays. A line whose end does not lie where its length says, as a power cut leaves
 * it, is no record. Times count microseconds.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/* The longest message that is kept, before escaping, and the longest identifier. */
#define RECORD_MESSAGE_MAX    49152
#define RECORD_IDENTIFIER_MAX 120

/* A record has at most so many bytes: the longest message with all of it escaped. */
#define RECORD_MAX (4 * RECORD_MESSAGE_MAX + 4 * RECORD_IDENTIFIER_MAX + 256)

/* How much of a boot's id stands in a record, with the NUL. */
#define RECORD_BOOT_MAX 9

/* What the records of one moment have in common. */
typedef struct RecordStamp {
        uint64_t realtime;
        uint64_t monotonic;
        char boot[RECORD_BOOT_MAX];
} RecordStamp;

typedef struct RecordEntry {
        int priority;
        pid_t pid;              /* 0: not known */
        const char *identifier; /* NULL or "": none */
        const char *message;
        size_t length; /* of the message; what is longer than RECORD_MESSAGE_MAX is cut */
} RecordEntry;

/* Writes the line with its newline, no NUL. Returns its length. */
size_t record_format(const RecordStamp *stamp, const RecordEntry *entry,
                     char ret[static RECORD_MAX]);

/* A line that was read, without its newline. The texts point into the line and are escaped. */
typedef struct Record {
        RecordStamp stamp;
        int priority;
        pid_t pid;
        const char *identifier;
        size_t identifier_length;
        const char *message;
        size_t length;
} Record;

/* Returns 0, or -EBADMSG for what is no record. */
int record_parse(const char *line, size_t length, Record *ret);

/* The N bytes of an escaped TEXT as they were sent; TO has room for N bytes. Returns the length. */
size_t record_unescape(const char *text, size_t n, char *to);
