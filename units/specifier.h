/*
 * "%n" and its kin: systemd.unit(5), "SPECIFIERS", all of version 252. Each is looked up when it
 * occurs, and not before: a unit without "%m" starts on a machine without /etc/machine-id.
 *
 * "%" before a character that is no letter, digit or "%" stands for itself, and so does one at the
 * end.
 */
#pragma once

#include <sys/types.h>

#include "base/diag.h"

/* Everything is borrowed, and may be NULL where it is unknown: a specifier that needs it is then an
 * error. */
typedef struct SpecifierContext {
        const char *unit;          /* "foo@bar.service" */
        const char *fragment_path; /* where the unit was read from; seen from the root below */
        bool user_instance;        /* %t, %S ... are the XDG base directories of a user */
        int root_fd; /* where /etc/machine-id and others are read; <= 0: the host's "/" */

        /* Who runs the supervisor, which User= of the unit does not change. With user_instance
         * false and all of this zero: root. */
        uid_t uid;
        gid_t gid;
        const char *user_name;
        const char *group_name;
        const char *home;
        const char *shell;
} SpecifierContext;

/* TEXT with its specifiers replaced, as a new string. S may be NULL: only "%%" has a meaning then.
 * Returns 0, -EBADSLT (no such specifier), -ENOMEM, or the error of what it reads; DIAG names the
 * specifier. */
int specifier_expand(const SpecifierContext *s, const char *text, Diag *diag, char **ret);

/* The same text in such a way that specifier_expand() gives TEXT back. */
int specifier_escape(const char *text, char **ret);
