/*
 * ExecStart= and its kin: systemd.service(5), "COMMAND LINES". Specifiers are
 * replaced when the line is read; variables when the program is about to start,
 * since only then its environment is known.
 */
#pragma once

#include "units/setting.h"

/* Appends the commands of one assignment to LIST; several stand between ";" words. Returns 0,
 * -ENOMEM, or another negative errno with DIAG saying why, and LIST as before. A wrong command that
 * begins with
 * "-" is left out with a warning, and with it what follows it in the line. SPECIFIERS may be NULL.
 */
int command_line_parse(const char *value, const SpecifierContext *specifiers, Diag *diag,
                       CommandList *list);

/* The text that command_line_parse() makes an equal command from: a new string. */
int command_line_format(const Command *c, char **ret);

/* The arguments with which to execute C: a new list, with argv[0] as it was.
 *
 *   - "$NAME" as a word becomes the words of the variable, none if it is not set.
 *   - "${NAME}" anywhere becomes the variable's text as it is; "$$" becomes "$".
 *
 * DIAG (may be NULL) gets notes on variables that are not set. Returns 0 or -ENOMEM. */
int command_line_substitute(const Command *c, char *const *environment, Diag *diag,
                            char ***ret_argv);

bool command_line_equal(const Command *a, const Command *b);
void command_line_done(Command *c);
void command_line_list_done(CommandList *list); /* both for _cleanup_; leave zero bytes */
