/*
 * The socket of sd_notify(3), one for all services: who sent is told by the kernel, and the unit by
 * the sender's control group.
 *
 * A message stays in the socket until what it says is written down, and svinit keeps the socket; so
 * none is lost with a manager.
 *
 * Everybody may send, and what is passed may be such that its last close sleeps for as long as the
 * sender likes (SO_LINGER, FUSE). So descriptors are taken only of whom may pass them, and a
 * message with others is taken off the socket by a process that ends with it.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

#define NOTIFY_SOCKET_PATH "/run/svalinn/notify"
#define NOTIFY_SIZE_MAX    4096
#define NOTIFY_FDS_MAX     253 /* as many as the kernel passes at once */

typedef struct NotifyDatagram NotifyDatagram;
struct NotifyDatagram {
        char text[NOTIFY_SIZE_MAX + 1];
        size_t size;
        pid_t pid;
        uid_t uid;
        uint64_t stamp; /* when it was sent, in ns of the wall clock; tells it from the next one */
        bool passes;    /* descriptors, */
        int fds[NOTIFY_FDS_MAX];
        size_t n_fds; /* of which these were taken */
};

void notify_socket_close_fds(NotifyDatagram *d);

/* Makes the socket. Returns its fd or negative errno. */
int notify_socket_open(void);

/* What a socket that svinit has kept, perhaps for another version, needs. 0 or negative errno. */
int notify_socket_prepare(int fd);

/* Looks at the next datagram. Returns 1; 0: there was one that is no message, it is gone; negative
 * errno, -EAGAIN when there is none. */
int notify_socket_peek(int fd, NotifyDatagram *ret);

/* Takes copies of the descriptors that D, which was looked at, passes. */
void notify_socket_take_fds(int fd, NotifyDatagram *d);

/* Takes away what was looked at. */
void notify_socket_drop(int fd, const NotifyDatagram *d);
