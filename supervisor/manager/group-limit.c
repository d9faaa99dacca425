/*
 * Whoever makes a process in a limited group and lends it its memory shares what happens to it: it
 * waits for it, and where memory is short there the kernel ends both, since they have one memory.
 */
#include "supervisor/manager/group-limit.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static bool is_limited(const GroupTree *t, const char *path) {
        static const struct {
                const char *attribute, *unlimited; /* how it begins then */
        } rows[] = {
                { "memory.max", "max" },   { "memory.high", "max" },         { "cpu.max", "max" },
                { "cpu.weight", "100\n" }, { "io.weight", "default 100\n" },
        };
        char text[256];

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                if (group_read(t, path, rows[i].attribute, text, sizeof(text)) >= 0 &&
                    !text_after(text, rows[i].unlimited))
                        return true;
        /* a line for each device that has a limit */
        return group_read(t, path, "io.max", text, sizeof(text)) >= 0 && *text;
}

bool group_limit_is_set(const GroupTree *t, const char *path) {
        char part[PATH_MAX], *slash = part;

        for (snprintf(part, sizeof(part), "%s", path); slash && *part;) {
                if (is_limited(t, part))
                        return true;
                slash = strrchr(part, '/');
                if (slash)
                        *slash = '\0';
        }
        return false;
}
