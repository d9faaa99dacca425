/*
 * One write() a line, to a device that is opened for it. A line from a service must not steer the
 * terminal of the console or begin another line in the kernel's log.
 */
#include "supervisor/log/forward.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

enum { FORWARD_MAX = 900, FACILITY_DAEMON = 3 << 3 };

static void forward(const char *device, int priority, const RecordEntry *entry) {
        _cleanup_fd_ int fd = open(device, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        char line[FORWARD_MAX + RECORD_IDENTIFIER_MAX + 64], level[16] = "";
        int n;

        if (fd < 0)
                return;
        if (priority >= 0)
                snprintf(level, sizeof(level), "<%d>", priority);
        n = snprintf(line, sizeof(line), "%s%s[%d]: %.*s", level, entry->identifier,
                     (int)entry->pid, (int)MIN_OF(entry->length, (size_t)FORWARD_MAX),
                     entry->message);
        if (n <= 0)
                return;
        text_mask_control(line);
        n = (int)strlen(line);
        line[n++] = '\n';
        (void)!write(fd, line, (size_t)n);
}

void forward_to_console(const RecordEntry *entry) {
        forward("/dev/console", -1, entry);
}

void forward_to_kernel(const RecordEntry *entry) {
        forward("/dev/kmsg", FACILITY_DAEMON | entry->priority, entry);
}
