/*
 * Processes from /proc. Their command lines are theirs to write: what could steer a terminal, or is
 * no text, is replaced before it goes on.
 */
#include "supervisor/manager/bus/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

static char *read_name(pid_t pid) {
        char path[64], name[32], *shown = NULL;

        snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
        if (file_read_start_at(AT_FDCWD, path, name, sizeof(name)) < 0)
                return NULL;
        if (asprintf(&shown, "[%s]", text_strip(name)) < 0)
                return NULL;
        return shown;
}

char *process_command(pid_t pid) {
        char path[64], line[1024], *shown;
        ssize_t n;

        snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
        n = file_read_start_at(AT_FDCWD, path, line, sizeof(line));
        while (n > 0 && line[n - 1] == '\0')
                n--;
        for (ssize_t i = 0; i < n; i++)
                if (line[i] == '\0')
                        line[i] = ' ';
        shown = n > 0 ? strdup(line) : read_name(pid);
        if (!shown)
                return NULL;
        text_mask_control(shown);
        if (!text_is_utf8(shown, strlen(shown)))
                for (char *c = shown; *c; c++)
                        if (*c & 0x80)
                                *c = '?';
        return shown;
}
