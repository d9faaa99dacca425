/*
 * The three places where log messages arrive, at the paths that every libc and launcher knows:
 * RUNTIME/systemd/journal/{stdout,socket,dev-log}, the last of which /dev/log points to.
 */
#pragma once

#include "base/macro.h"

typedef enum SocketKind {
        SOCKET_STDOUT, /* streams */
        SOCKET_NATIVE, /* datagrams of the native protocol */
        SOCKET_SYSLOG, /* datagrams of syslog(3) */
} SocketKind;

enum { SOCKET_KINDS = SOCKET_SYSLOG + 1 };

/* The name under which the manager keeps or passes it: "stdout", "socket", "dev-log". */
const char *sockets_name(SocketKind kind);

/* The reverse; -EINVAL for any other name. */
int sockets_kind(const char *name);

/* Makes one, in place of what a dead predecessor left. Returns the fd. */
int sockets_make(SocketKind kind, const char *runtime);

/* Sets on a socket what is needed, also where another program made it. */
int sockets_prepare(SocketKind kind, int fd);

/* Points /dev/log to it. -EEXIST: something else than a link is there. */
int sockets_link_dev_log(void);
