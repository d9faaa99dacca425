/*
 * A unit's text: its main file and its drop-ins, found by name in the load path or named by path.
 * What the text means is not looked at here; it is handed over in the order in which it is to be
 * applied.
 */
#pragma once

#include "units/load-index.h"

/* More than this in one file is refused. */
#define LOAD_FILE_MAX (16U * 1024U * 1024U)

typedef struct LoadedFile {
        char *path; /* as people write it, for messages */
        char *text; /* with a NUL behind it */
        size_t size;
} LoadedFile;

typedef struct LoadedUnit {
        char *id;       /* the name behind all aliases */
        char **aliases; /* the other names, sorted; the one that was asked for is ID or among them
                         */
        char *instance; /* "x" of "foo@x.service", "" of a template, NULL of others */
        char *fragment; /* path of the main file or of what masks it; NULL: there is none */
        bool masked;    /* the main file is empty or /dev/null: the unit must not be started */
        LoadedFile *files; /* the main file if it is there, then the drop-ins; none when masked */
        size_t n;
} LoadedUnit;

void load_done(LoadedUnit *u); /* for _cleanup_ */

/* Finds NAME in the directories of INDEX. A unit without a main file is no error: "fragment" is
 * NULL, and drop-ins may still be there. Returns 0, or with an explanation in DIAG: -EINVAL NAME is
 * no unit's name -ELOOP          aliases go in a circle -EISDIR, -EBADF a directory, fifo, device
 * or socket stands where a file is expected -EFBIG          a file is larger than LOAD_FILE_MAX
 *   what the kernel says when a file cannot be opened or read
 * A drop-in that cannot be read fails the unit, as what it asks for is not known; one that is a
 * broken symbolic link is passed over with a warning. */
int load_unit(const LoadIndex *index, const char *name, Diag *diag, LoadedUnit *ret);

/* Reads the file PATH, whose last component must be a unit's name, and the drop-ins in "PATH.d/";
 * the load path is not looked at. Errors as above; -ENOENT when there is no such file. */
int load_file(const char *path, Diag *diag, LoadedUnit *ret);
