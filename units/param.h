/*
 * What rows of directives.def tell their type, by the "param" column. A NULL
 * param always means the type's plain form.
 */
#pragma once

#include "units/enums.h"
#include "units/type.h"

/* integer: bounds, and a word for a number that people write ("infinity", "max"). */
typedef struct IntegerParam {
        int64_t min;
        int64_t max;
        int base;         /* 10, or 0 to take 0x.. and octal, too */
        const char *word; /* NULL: none */
        int64_t word_value;
} IntegerParam;

/* time_span: the unit of a bare number in microseconds (1000000 for "Sec"; 0 means nanoseconds are
 * stored and counted), and whether "infinity" or 0 mean "off" and are stored as SETTING_INFINITY.
 */
typedef struct TimeSpanParam {
        uint64_t
                default_unit; /* 0: the field is in nanoseconds, a bare number counts nanoseconds */
        bool zero_is_infinity;
} TimeSpanParam;

/* words and string: each word (or the whole string) must pass the check. */
typedef struct WordsParam {
        const char *what; /* for messages: "unit name" */
        /* 0: fits. Else negative errno, and the Diag says what is wrong and what would be right. */
        int (*check)(const char *word, Diag *diag);
        bool quoted; /* words: understand quotes and C escapes (else split at white space only) */
        bool one;    /* words: one value per assignment, not split at white space */
        const char *separators; /* words: characters that part words; NULL: white space */
} WordsParam;

/* path and paths */
typedef struct PathParam {
        bool relative_ok;
} PathParam;

/* rlimit: which one, and how its numbers are written. */
typedef struct RlimitParam {
        int resource; /* RLIMIT_* */
        enum {
                RLIMIT_KIND_NUMBER,
                RLIMIT_KIND_SIZE,
                RLIMIT_KIND_SECONDS,
                RLIMIT_KIND_USECONDS,
                RLIMIT_KIND_NICE
        } kind;
} RlimitParam;

/* stream: which of the two sets of words. */
typedef struct StreamParam {
        bool input; /* StandardInput=, not StandardOutput= and StandardError= */
} StreamParam;

/* limit: NULL is a size, a percentage, or "infinity", above 0. */
typedef struct LimitParam {
        bool count;      /* a plain number instead of a size: TasksMax= */
        bool zero_ok;    /* 0 is a limit, too: MemorySwapMax=, MemoryLow= */
        bool share_only; /* nothing but a percentage, over 100 as well: CPUQuota= */
} LimitParam;

/* directories: NULL allows "name:symlink". */
typedef struct DirectoriesParam {
        bool no_symlinks; /* ConfigurationDirectory= */
} DirectoriesParam;
