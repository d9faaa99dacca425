/*
 * Taking a datagram off a socket of which nobody knows what it passes.
 *
 * The last close of a descriptor belongs to whoever takes the message, and it may sleep for as long
 * as the sender likes. So a child takes it, which has little time.
 */
#pragma once

#include "base/macro.h"

/* Is the datagram DATA, the next one a moment ago, the next one of SOCKET still? */
typedef bool NotifyDiscardAsk(int socket, const void *data);

/* Returns 0 when it is gone, -ETIMEDOUT when it could not be taken for now, or negative errno: it
 * was not tried. The child becomes one of svinit's. */
int notify_discard(int socket, NotifyDiscardAsk *is_still_there, const void *data);
