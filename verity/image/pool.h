/*
 * Work on all cores: a number of processes take pieces from a shared counter
 * until none is left. Processes and not threads, so that nothing is shared but
 * what the caller has mapped as shared, and one that dies takes nothing along.
 */
#pragma once

#include "base/diag.h"

/* Does piece INDEX. Runs in a process of its own: what it is to leave behind goes to files or
 * shared memory. Returns 0 or negative errno, which ends the whole work. */
typedef int PoolWork(uint64_t index, void *context);

typedef struct PoolJob {
        uint64_t pieces;
        /* In each process, before its first piece; its return value is WORK's context. NULL: the
         * process cannot work (-ENOMEM). */
        void *(*begin)(void *context);
        PoolWork *work;
        void *context;
        /* Called in the caller's process now and then, and once at the end; may be NULL. */
        void (*progress)(uint64_t done, uint64_t pieces, void *context);
        void *progress_context;
        unsigned processes; /* 0: as many as this process has cores */
} PoolJob;

/* Returns 0 when all pieces were done, the negative errno of a piece, or -ECHILD when a process
 * died before its end. All processes have ended when it returns; they die with the caller. */
int pool_run(const PoolJob *job);
