/*
 * One message with at most one file descriptor over a connected socket that
 * keeps messages apart (SOCK_SEQPACKET, SOCK_DGRAM). Neither side ever waits,
 * and nothing is allocated.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/* Sends all N bytes, and a copy of PASS_FD unless it is negative. Returns 0 or negative errno:
 * -EAGAIN when the other side has too much unread. */
int packet_send(int fd, const void *data, size_t n, int pass_fd);

/* Looks at the next message and leaves it there: a reader that dies before it has called
 * packet_drop() gets it again. Returns its size, which is 0 when the other side has closed, or
 * negative errno: -EAGAIN, or -EMSGSIZE when it has more than MAX bytes, more than one descriptor,
 * or other ancillary data. *RET_FD becomes a new descriptor, or -EBADF. */
ssize_t packet_peek(int fd, void *data, size_t max, int *ret_fd);

/* Takes away what packet_peek() showed. */
void packet_drop(int fd);
