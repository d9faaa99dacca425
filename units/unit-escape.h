/*
 * Any text as part of a unit's name, and back, after "String Escaping" in systemd.unit(5) and
 * systemd-escape(1). Outputs are new strings. All return 0, -ENOMEM, or -EINVAL as they say.
 */
#pragma once

#include "base/macro.h"

/* "/" becomes "-"; what may not stand in a prefix, "-" itself, and a dot at the beginning become
 * "\xHH". */
int unit_escape(const char *text, char **ret);

/* -EINVAL for a "\" that begins no such escape, and for one that means NUL. */
int unit_escape_undo(const char *text, char **ret);

/* The same for paths: slashes at the ends vanish, and "-" is the root. -EINVAL with ".." in PATH,
 * and where undoing gives no path. Undoing gives an absolute path. */
int unit_escape_path(const char *path, char **ret);
int unit_escape_undo_path(const char *text, char **ret);
