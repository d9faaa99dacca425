/*
 * What EnvironmentFile= names, and /etc/os-release and its kin: lines of
 * NAME=value as systemd.exec(5) describes them under "EnvironmentFile=".
 *
 *   - "#" and ";" begin a comment at the beginning of a line, and nowhere else.
 *   - White space around name and value is cut off; within the value it stays.
 *   - A backslash takes the next character as it stands, and joins the next line.
 *   - 'quoted' text is taken as it stands; in "quoted" text a backslash means something before
 *     " \ ` $ and at the end of a line only. Quotes begin a value; further on they are characters.
 *   - Nothing is substituted.
 */
#pragma once

#include "base/diag.h"

/* Adds the assignments of TEXT to *ENVIRONMENT, the last one of a name winning. FILE is for
 * messages only. Lines that assign nothing are named as warnings in DIAG and passed over, and so
 * are names that cannot stand in an environment. Returns 0, -ENOMEM, or -EBADMSG where the text as
 * a whole is refused: it holds a NUL, or what is not UTF-8. On failure *ENVIRONMENT is as it was.
 */
int environment_file_parse(const char *file, const char *text, size_t size, char ***environment,
                           Diag *diag);
