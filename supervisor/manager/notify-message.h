/*
 * The text of one datagram of sd_notify(3), pure: lines "KEY=value", in any order, unknown ones
 * passed over. What is wrong in itself is passed over, too, and the rest counts.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

typedef struct NotifyMessage {
        bool ready, reloading, stopping, watchdog, watchdog_trigger, barrier;
        bool fdstore, fdstore_remove, fd_no_poll;
        bool has_watchdog_usec;
        const char *status; /* NULL: not said; valid UTF-8 */
        const char *fd_name;
        int error;                                                   /* ERRNO=; -1: not said */
        pid_t main;                                                  /* 0: not said */
        uint64_t watchdog_usec, extend_timeout_usec, monotonic_usec; /* 0: not said */
} NotifyMessage;

/* TEXT, which gets cut into lines, has SIZE bytes and a NUL behind them. */
void notify_message_parse(char *text, size_t size, NotifyMessage *ret);

/* A name for a stored descriptor: sd_pid_notify_with_fds(3). */
bool notify_message_fd_name_is_valid(const char *name);
