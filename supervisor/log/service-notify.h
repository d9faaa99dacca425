/*
 * What a service says to its manager: sd_notify(3), by the documented protocol of the socket that
 * NOTIFY_SOCKET names. Never waits: the manager may be waiting for us.
 */
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include "base/macro.h"

typedef struct ServiceNotify {
        int fd; /* -EBADF: there is no manager */
        struct sockaddr_un address;
        socklen_t length;
} ServiceNotify;

/* Returns 0 also where NOTIFY_SOCKET is not set: then nothing is ever sent. */
int service_notify_open(ServiceNotify *n);
void service_notify_close(ServiceNotify *n);

/* Sends STATE, and the descriptor FD unless it is negative. 0, or -EAGAIN: try again later. */
int service_notify_send(const ServiceNotify *n, const char *state, int fd);

/* FD gets kept under NAME, whatever becomes of its other end, or is no longer kept. */
int service_notify_store(const ServiceNotify *n, const char *name, int fd);
int service_notify_forget(const ServiceNotify *n, const char *name);

/* WATCHDOG_USEC, if it is meant for us; 0: nobody waits for signs of life. */
uint64_t service_notify_watchdog(void);
