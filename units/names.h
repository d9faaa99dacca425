/*
 * Small vocabularies of the kernel and of systemd.exec(5): a word for each
 * number, looked up in both directions. The rows stand in names.def.
 */
#pragma once

#include "base/diag.h"

typedef struct Name {
        const char *name;
        int value;
} Name;

typedef struct NameTable {
        const char *what;   /* for messages, with its article: "a signal" */
        const char *prefix; /* what people may leave out; "" where nothing */
        const Name *rows;
        size_t n;
} NameTable;

extern const NameTable names_signals;  /* "TERM"; without real-time signals, see signal-name.h */
extern const NameTable names_families; /* "AF_INET" */
extern const NameTable names_exit_statuses; /* "NAMESPACE" is 226; systemd.exec(5), exit codes */
extern const NameTable names_namespaces;    /* "net" is CLONE_NEWNET */
extern const NameTable names_rlimits;       /* "NOFILE" is RLIMIT_NOFILE */
extern const NameTable names_capabilities;  /* "CAP_CHOWN"; capability.h reads them */

/* The number, or -ENOENT. */
int names_find(const NameTable *t, const char *name);

/* The word, the first one where several have the number, or NULL. */
const char *names_of(const NameTable *t, int value);

/* The word that NAME was probably meant to be, or NULL. */
const char *names_nearest(const NameTable *t, const char *name);

/* The same among N words that stand somewhere else. */
const char *names_nearest_of(const char *const *words, size_t n, const char *name);

/* Says that WORD is not in T, and which word may have been meant; where none is near, to use
 * EXAMPLE. Returns -EINVAL. */
int names_refuse(const NameTable *t, const char *word, const char *example, Diag *diag);
