/*
 * Between accept(2) and the message that deposits the connection with the manager, it would die
 * with us, and the service at its other end would lose its output. So while connections are being
 * accepted, there is a *guard*: a child that shares our descriptors (clone(2) with CLONE_FILES) and
 * does nothing but wait for our end; then it deposits the connection that was under way. The
 * ledger tells it which.
 *
 * The successor may have been started before that message arrived; guard_was_left() tells it to be
 * started once more.
 */
#pragma once

#include <sys/types.h>

#include "supervisor/log/ledger.h"
#include "supervisor/log/service-notify.h"

typedef struct Guard {
        Ledger *ledger;
        const ServiceNotify *notify;
        pid_t child; /* 0: none */
        int parent;  /* a pidfd of ourselves, while there is a child */
} Guard;

/* Begins to guard. Nothing where no manager keeps descriptors. */
void guard_begin(Guard *g);

/* The next connection will be for SLOT; LISTENER is any open descriptor. */
void guard_expect(Guard *g, uint32_t slot, int listener);

/* It is deposited, or there was none. */
void guard_settled(Guard *g);

void guard_end(Guard *g);

/* Did a predecessor die with a connection under way? Its slot in *RET_SLOT. Asks once: the ledger
 * forgets it. */
bool guard_was_left(Ledger *l, uint32_t *ret_slot);

/* "stream-17": the name by which a slot's connection is kept. */
#define GUARD_NAME_MAX 24
void guard_slot_name(uint32_t slot, char ret[static GUARD_NAME_MAX]);
