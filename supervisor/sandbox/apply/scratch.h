/*
 * Small objects that a view needs to mount from: an empty file and an empty
 * directory that nobody may open, and files whose content we make. They live
 * in one tmpfs that is made when first asked for and let go at the end.
 */
#pragma once

#include <sys/stat.h>

#include "supervisor/sandbox/apply/apply.h"

typedef struct Scratch {
        int fd; /* -EBADF until needed */
        unsigned files;
} Scratch;

/* A detached mount of mode 000, for something of the type that MODE tells. */
int scratch_inaccessible(Scratch *s, mode_t mode, ApplyContext *x);

/* A detached mount of a file with content TEXT, mode 0444. */
int scratch_file(Scratch *s, const char *text, ApplyContext *x);

/* Takes the tmpfs out of the view; what was mounted from it stays. Changes the working directory.
 */
int scratch_close(Scratch *s, ApplyContext *x);
