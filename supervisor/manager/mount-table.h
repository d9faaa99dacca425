/*
 * What the kernel says is mounted, /proc/self/mountinfo (proc(5)), and where it swaps to,
 * /proc/swaps: parsed from the text of the file, so that nothing here looks at the system.
 *
 * Names in these files are chosen by others. A line that is no line of such a file is passed over;
 * everything else is only compared, or shown with its control characters masked.
 */
#pragma once

#include "base/macro.h"

typedef struct MountEntry {
        const char *where; /* the mount point; the device or file of a swap space */
        const char *what, *type, *options;
} MountEntry;

typedef struct MountTable {
        char *text; /* what the entries point into; owned */
        MountEntry *items;
        size_t n;
} MountTable;

/* Take over TEXT, in any case. Return 0 or -ENOMEM. */
int mount_table_parse(char *text, MountTable *ret);
int mount_table_parse_swaps(char *text, MountTable *ret);
void mount_table_done(MountTable *t); /* for _cleanup_; leaves an empty table */

/* What is mounted on WHERE, on top; NULL: nothing. */
const MountEntry *mount_table_find(const MountTable *t, const char *where);

/* Is it one of the kernel's own file systems, which process 1 mounts, and which have no units? */
bool mount_table_is_api(const char *where);
