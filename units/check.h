/*
 * Checks of words: the functions that rows of directives.def name in
 * TEXT(), WORDS() and their kin. Each looks at one word, after specifiers were
 * expanded, and knows no directive.
 *
 * All return 0 where the word fits; else -EINVAL (or -ERANGE for numbers), and DIAG says what is
 * wrong and what would be right. Paths, resources and the network have headers of their own.
 */
#pragma once

#include "base/diag.h"

/* Says: "WORD" is no WHAT; use EXAMPLE. Returns -EINVAL. */
int check_refuse(const char *word, const char *what, const char *example, Diag *diag);

/* Is WORD one of N? If not, names the nearest; WHAT has its article: "a secure bit". */
int check_listed(const char *word, const char *const *list, size_t n, const char *what, Diag *diag);

/* Names: systemd.unit(5), systemd.exec(5) */
int check_unit_name(const char *word, Diag *diag);
int check_service_name(const char *word, Diag *diag);
int check_slice_name(const char *word, Diag *diag);
int check_instance_name(const char *word, Diag *diag);
int check_user_name(const char *word, Diag *diag); /* of groups, too; or a number */
int check_bus_name(const char *word, Diag *diag);
int check_fd_name(const char *word, Diag *diag); /* sd_listen_fds_with_names(3) */
int check_log_namespace(const char *word, Diag *diag);
int check_variable_name(const char *word, Diag *diag); /* "PATH" */
int check_variable(const char *word, Diag *diag);      /* "PATH" or "PATH=/bin" */
int check_journal_field(const char *word, Diag *diag); /* "FIELD=value" */
int check_file_system(const char *word, Diag *diag);   /* "ext4", "@group", "~" before */

/* Words of a fixed list: systemd.exec(5) */
int check_secure_bit(const char *word, Diag *diag);
int check_syscall_architecture(const char *word, Diag *diag);
int check_coredump_filter(const char *word, Diag *diag); /* or the bits, in hex */
int check_capability(const char *word, Diag *diag);
int check_boolean(const char *word, Diag *diag);

/* Credentials: systemd.exec(5), "CREDENTIALS" */
int check_credential_name(const char *word, Diag *diag);
int check_credential_pattern(const char *word, Diag *diag); /* with a glob pattern's "*" */
int check_credential_source(const char *word, Diag *diag);  /* "ID[:path]" */
int check_credential_value(const char *word, Diag *diag);   /* "ID:value" */

/* Others */
int check_documentation(const char *word, Diag *diag);
int check_base64(const char *word, Diag *diag);
int check_time_span(const char *word, Diag *diag);
int check_calendar(const char *word, Diag *diag);
