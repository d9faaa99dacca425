/*
 * All files are opened below the group's directory, which is opened once.
 */
#include "supervisor/manager/group-usage.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"

/* io.stat has a line a device; one that is cut off loses the last of them. */
enum { TEXT_MAX = 16384 };

static bool read_text(int dir, const char *name, char text[static TEXT_MAX]) {
        return file_read_start_at(dir, name, text, TEXT_MAX) >= 0;
}

static uint64_t read_number(int dir, const char *name) {
        char text[TEXT_MAX];

        return read_text(dir, name, text) ? usage_parse_number(text) : UINT64_MAX;
}

/* The limits of all groups on the way leave this much. */
static uint64_t read_available(const GroupTree *t, const char *path) {
        char part[PATH_MAX];
        uint64_t available = UINT64_MAX;
        char *slash = part;

        for (snprintf(part, sizeof(part), "%s", path); slash && *part;) {
                _cleanup_fd_ int dir = group_open(t, part);
                uint64_t used = dir < 0 ? UINT64_MAX : read_number(dir, "memory.current");

                if (used != UINT64_MAX) {
                        available = usage_left(available, read_number(dir, "memory.max"), used);
                        available = usage_left(available, read_number(dir, "memory.high"), used);
                }
                slash = strrchr(part, '/');
                if (slash)
                        *slash = '\0';
        }
        return available;
}

void group_usage_read(const GroupTree *t, const char *path, Usage *ret) {
        _cleanup_fd_ int dir = group_open(t, path);
        char text[TEXT_MAX];

        *ret = USAGE_UNKNOWN;
        if (dir < 0)
                return;
        ret->memory = read_number(dir, "memory.current");
        ret->memory_peak = read_number(dir, "memory.peak");
        ret->memory_swap = read_number(dir, "memory.swap.current");
        if (ret->memory != UINT64_MAX)
                ret->memory_available = read_available(t, path);
        ret->tasks = read_number(dir, "pids.current");
        if (read_text(dir, "cpu.stat", text))
                ret->cpu_ns = usage_parse_cpu(text);
        if (read_text(dir, "io.stat", text))
                usage_parse_io(text, ret);
}

uint64_t group_usage_oom_kills(const GroupTree *t, const char *path) {
        char text[512];
        uint64_t n = group_read(t, path, "memory.events", text, sizeof(text)) < 0
                             ? UINT64_MAX
                             : usage_parse_key(text, "oom_kill");

        return n == UINT64_MAX ? 0 : n;
}
