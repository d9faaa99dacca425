/*
 * A table of keys, each with what it fills.
 */
#include "supervisor/manager/notify-message.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"

#define FD_NAME_MAX 255

bool notify_message_fd_name_is_valid(const char *name) {
        size_t n = strlen(name);

        if (n == 0 || n > FD_NAME_MAX)
                return false;
        for (const char *c = name; *c; c++)
                if (*c <= ' ' || *c >= 127 || *c == ':')
                        return false;
        return true;
}

static void take_number(const char *key, const char *value, NotifyMessage *m) {
        uint64_t n;

        if (number_parse_u64(value, 10, &n) < 0)
                return;
        if (text_eq(key, "ERRNO"))
                m->error = n <= 4095 ? (int)n : m->error;
        else if (text_eq(key, "MAINPID"))
                m->main = n > 0 && n <= INT32_MAX ? (pid_t)n : m->main;
        else if (text_eq(key, "EXTEND_TIMEOUT_USEC"))
                m->extend_timeout_usec = n;
        else if (text_eq(key, "MONOTONIC_USEC"))
                m->monotonic_usec = n;
        else if (text_eq(key, "WATCHDOG_USEC")) {
                m->watchdog_usec = n;
                m->has_watchdog_usec = true;
        }
}

static void take_text(const char *key, const char *value, NotifyMessage *m) {
        if (text_eq(key, "STATUS") && text_is_utf8(value, strlen(value)))
                m->status = value;
        else if (text_eq(key, "FDNAME") && notify_message_fd_name_is_valid(value))
                m->fd_name = value;
        else if (text_eq(key, "WATCHDOG"))
                m->watchdog_trigger = m->watchdog_trigger || text_eq(value, "trigger");
        else if (text_eq(key, "FDPOLL"))
                m->fd_no_poll = text_eq(value, "0");
        else
                take_number(key, value, m);
}

/* Is LINE one of those that say all by being there? */
static bool take_flag(const char *line, NotifyMessage *m) {
        static const struct {
                const char *line;
                size_t offset;
        } flags[] = {
                { "READY=1", offsetof(NotifyMessage, ready) },
                { "RELOADING=1", offsetof(NotifyMessage, reloading) },
                { "STOPPING=1", offsetof(NotifyMessage, stopping) },
                { "WATCHDOG=1", offsetof(NotifyMessage, watchdog) },
                { "BARRIER=1", offsetof(NotifyMessage, barrier) },
                { "FDSTORE=1", offsetof(NotifyMessage, fdstore) },
                { "FDSTOREREMOVE=1", offsetof(NotifyMessage, fdstore_remove) },
        };

        for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
                if (text_eq(line, flags[i].line))
                        return *(bool *)((char *)m + flags[i].offset) = true;
        return false;
}

void notify_message_parse(char *text, size_t size, NotifyMessage *ret) {
        NotifyMessage m = { .error = -1 };
        /* a NUL in the middle makes nonsense of all */
        char *rest = strlen(text) == size ? text : NULL, *line;

        while ((line = strsep(&rest, "\n"))) {
                char *equals = strchr(line, '=');

                if (!equals || take_flag(line, &m))
                        continue;
                *equals = '\0';
                take_text(line, equals + 1, &m);
        }
        *ret = m;
}
