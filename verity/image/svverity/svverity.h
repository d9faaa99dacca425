/*
 * What the verbs of svverity share: the settings from the command line, the
 * files that they name, and how parameters and progress look.
 *
 * Options, output and exit habits are those of veritysetup(8) where that has
 * them, so that scripts carry over.
 */
#pragma once

#include <json-c/json.h>

#include "verity/image/check.h"

typedef struct Settings {
        bool json, quiet;
        VerityParams params; /* of a new tree; what is set here must be so in an old one */
        bool salt_set, uuid_set, sizes_set, algorithm_set, type_set;
        uint64_t hash_offset; /* bytes, where the header (or without one the tree) begins */
        bool no_superblock;
        const char *root_hash_file;
} Settings;

/* The exit statuses besides 0 and that of a wrong command line. */
#define EXIT_DAMAGED 1 /* the image is not what the root hash says */
#define EXIT_FAILED  4 /* it could not be found out */

/* Prints a Diag and returns STATUS. */
int svverity_complain(const Diag *diag, int status);

/* --- files.c --- */

typedef struct Files {
        int data, hash;
        uint64_t data_size, hash_size; /* bytes; of a device, too */
        bool same;                     /* both names mean one file */
} Files;
#define FILES_INIT \
        { -EBADF, -EBADF, 0, 0, false }

/* Opens both; HASH with FLAGS besides O_CLOEXEC (O_RDWR | O_CREAT makes it). */
int files_open(Files *ret, const char *data, const char *hash, int flags, Diag *diag);
void files_done(Files *f); /* for _cleanup_ */

/* The header at the settings' offset, compared with what they say; or without one what they say. */
int files_params(const Settings *s, const char *name, int fd, VerityParams *ret, Diag *diag);

/* How much of FD can be used, in bytes: a file or a block device. */
int files_size(int fd, const char *name, uint64_t *ret, Diag *diag);

/* --- progress.c --- */

/* A bar on a terminal, nothing elsewhere or when quiet. CONTEXT: what is done, as a word. */
VerityProgress *progress_for(const Settings *s);
void progress_end(const Settings *s);

/* --- show.c --- */

/* Prints the parameters, and the root hash unless that is NULL, as text or JSON. */
void show_params(const Settings *s, const Area *area, const char *name, const uint8_t *root);
void show_json(struct json_object *value); /* drops the reference */

/* The verbs; CONTEXT is Settings. */
int svverity_dump(int argc, char *argv[], void *context);
int svverity_format(int argc, char *argv[], void *context);
int svverity_verify(int argc, char *argv[], void *context);
