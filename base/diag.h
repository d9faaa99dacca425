/*
 * What a library has to say about its input. Libraries never log: they add
 * entries to the caller's Diag, and the program's main file prints them.
 *
 * The place (file, line, directive) is set by whoever walks the input, so that
 * the code deep inside says only what is wrong and what would be right:
 *
 *     return diag_error(diag, -EINVAL, "\"%s\" is no boolean; use yes or no", value);
 *
 * prints as "foo.service:7: PrivateTmp=: "maybe" is no boolean; use yes or no".
 * A NULL Diag is allowed everywhere and swallows what is said.
 */
#pragma once

#include <stdarg.h>
#include <stdio.h>

#include "base/macro.h"

typedef enum DiagLevel {
        DIAG_ERROR,   /* the line or the request is refused */
        DIAG_WARNING, /* it is used, but not as the writer may think */
        DIAG_NOTE,
} DiagLevel;

typedef struct DiagEntry {
        DiagLevel level;
        char *file;      /* NULL: not from a file */
        unsigned line;   /* from 1; 0: the file as a whole */
        char *directive; /* without "="; NULL: not about one */
        char *message;
} DiagEntry;

typedef struct Diag {
        DiagEntry *entries; /* in the order they were said */
        size_t n;
        size_t dropped; /* entries beyond DIAG_MAX, or lost for want of memory */

        /* Where the next entry belongs. Borrowed: must outlive the calls made meanwhile. */
        const char *file;
        unsigned line;
        const char *directive;
} Diag;

/* A hostile file must not fill memory with complaints about itself. */
#define DIAG_MAX 1000

void diag_done(Diag *d); /* for _cleanup_ */

/* diag_error() returns ERROR, so that "return diag_error(...)" reads well. */
int diag_error(Diag *d, int error, const char *format, ...) _printf_(3, 4);
void diag_warning(Diag *d, const char *format, ...) _printf_(2, 3);
void diag_note(Diag *d, const char *format, ...) _printf_(2, 3);
void diag_addv(Diag *d, DiagLevel level, const char *format, va_list ap) _printf_(3, 0);

/* Would a further message be dropped? What takes long to say need not be found out then. */
bool diag_is_full(const Diag *d);

size_t diag_count(const Diag *d, DiagLevel level);

/* "file:line: Directive=: message", as one line without newline, into a new string. */
int diag_entry_format(const DiagEntry *e, char **ret);

/* Prints every entry from index FROM on, one a line, each behind "PREFIX: " if that is not NULL. */
void diag_print(const Diag *d, size_t from, const char *prefix, FILE *to);
