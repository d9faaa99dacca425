/*
 * Where records are kept: for each unit a file UNIT.log and, when that is full, the one before it,
 * UNIT.log.1; what belongs to no unit is in "system.log", the kernel's messages in "kernel.log",
 * and no unit can be called so. A unit's two files together, and all files together, stay below
 * limits; beyond them the oldest go.
 *
 * A file is written by one process, at places of its choosing, so that a write that was cut off can
 * be done again (see ledger.h). It holds whole lines only, but for the one that is being written.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"
#include "supervisor/log/rate-limit.h"
#include "units/unit-name.h"

#define STORE_SYSTEM "system"
#define STORE_KERNEL "kernel"
#define STORE_SUFFIX ".log"
#define STORE_OLDER  ".log.1"

/* Longer names have no room for a suffix; their records go to STORE_SYSTEM. */
#define STORE_NAME_MAX 249

/* Open at a time; the limits of a unit that was quiet while so many others wrote begin anew. */
enum { STORE_OPEN_MAX = 64 };

typedef struct StoreLimits {
        uint64_t unit_max;  /* bytes, both files of a unit */
        uint64_t total_max; /* bytes, all files of the directory */
} StoreLimits;

typedef struct StoreSettings {
        const char *volatile_dir;   /* exists */
        const char *persistent_dir; /* made where it is missing; NULL: not wanted */
        StoreLimits volatile_limits;
        StoreLimits persistent_limits;
        RateLimit rate; /* what a unit begins with */
} StoreSettings;

typedef struct LogFile {
        char name[UNIT_NAME_MAX]; /* "": not in use */
        int fd;
        ino_t inode;
        uint64_t size;
        uint64_t used; /* when last, counted in uses */
        RateLimit rate;
        bool unsynced;
} LogFile;

typedef struct Store {
        StoreSettings settings;
        StoreLimits limits; /* of the directory in use */
        int dir_fd;
        bool persistent;
        uint64_t total; /* bytes in all files of the directory */
        uint64_t uses;
        LogFile files[STORE_OPEN_MAX];
} Store;

/* SETTINGS are copied, their texts are not. Begins with the persistent directory if it can be
 * written. */
int store_open(const StoreSettings *settings, Store **ret);
void store_free(Store *s);
DEFINE_CLEANUP(Store, store_free)

/* From now on the persistent directory, where one is wanted and can be written by now. */
void store_use_persistent(Store *s);

/* The file of NAME, a unit's name or one of the above; made where it is missing. Bytes behind its
 * last whole line are cut off. Valid until the next call. */
int store_file(Store *s, const char *name, LogFile **ret);

/* Makes room for N more bytes in F: begins a new file, removes the oldest. Returns where they
 * belong. */
uint64_t store_place(Store *s, LogFile *f, size_t n);

/* Writes N bytes at AT, which ends the file there. On failure the file ends at AT. */
int store_write(Store *s, LogFile *f, const void *data, size_t n, uint64_t at);

/* What was written to the persistent directory gets to the disk. */
void store_sync(Store *s);
bool store_is_unsynced(const Store *s);

/* Removes files, older ones first and the one before a current one ahead of that, until N more
 * bytes are within the limit. KEEP, a name, is spared; with OLDER_ONLY all current files are.
 * Returns whether any was removed. */
bool store_evict(Store *s, size_t n, const char *keep, bool older_only);

/* Forgets the open file of NAME. */
void store_close(Store *s, const char *name);
