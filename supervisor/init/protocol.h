/*
 * What svinit and the manager say to each other over the SOCK_SEQPACKET socket
 * that the manager finds at INIT_SOCKET: one InitMessage a packet, cut off behind
 * its text, with at most one file descriptor.
 *
 * What holds: all that svinit keeps is handed to each new manager, from HELLO to
 * SYNCED. What was sent counts as done: it is read even when the sender has died.
 * All messages to svinit may be repeated without harm. One that is not exactly as
 * described here is the end of the manager that sent it. After a fatal signal svinit
 * may repeat what it has said. When the socket is closed, the manager must exit.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define INIT_PROTOCOL 1
#define INIT_SOCKET   3

#define INIT_FDS_MAX      2048 /* the manager counts: one more is a wrong message */
#define INIT_STATUSES_MAX 256  /* further processes wait as zombies in the kernel */
#define INIT_TEXT_MAX     496  /* and one byte less may be used */

/* Descriptors with ids below are sockets on which others wait for the manager: while there is
 * something to be read on one, it is asked for signs of life */
#define INIT_SOCKETS_MAX 4

typedef enum InitType {
        /* svinit to the manager; all but PING and SIGNAL in this order at its start */
        INIT_HELLO = 1, /* number: INIT_PROTOCOL; id: how many managers were before; flags; code and
                         * status: how the last one ended, as in STATUS; code 0: there was none */
        INIT_STATUS,    /* a child has ended. id: counts them from 1; number: pid; code: CLD_*;
                         * status: exit status or signal. Repeated to new managers until ACK */
        INIT_FD,        /* id, text, descriptor: as they were stored */
        INIT_SYNCED,    /* all that was kept has been handed over */
        INIT_SIGNAL,    /* number: a signal that svinit got. Repeated to new managers until TAKEN */
        INIT_PING,      /* id: to be said back in ALIVE */

        /* the manager to svinit */
        INIT_ACK = 64, /* id: this STATUS and all before it are written down */
        INIT_TAKEN,    /* number: this signal is dealt with */
        INIT_STORE,    /* id: chosen by the manager, replaces what has it; text: a name for the
                        * manager's    own use; descriptor */
        INIT_REMOVE,   /* id: closes it; one that is not there is fine */
        INIT_ALIVE,    /* id: of the PING. From the event loop, so that it tells of progress */
        INIT_READY,    /* the manager is up. Before that, its end counts as a failed start */
        INIT_FINAL,    /* number: InitAction; status: for EXIT; text: argument of a reboot. The last
                        * message: svinit ends all processes, and the manager with them */
} InitType;

typedef enum InitAction {
        INIT_NONE,
        INIT_REBOOT,
        INIT_POWEROFF,
        INIT_HALT,
        INIT_KEXEC,
        INIT_EXIT,  /* what all the others mean to svinit --adjacent */
        INIT_SHELL, /* after crashes only; never in FINAL */
} InitAction;

enum {                       /* flags of HELLO */
       INIT_IS_MACHINE = 1,  /* process 1 of the machine, not of a container */
       INIT_IS_ADJACENT = 2, /* not process 1 at all */
       INIT_WAS_HUNG = 4,    /* the last manager did not answer PING */
       INIT_WAS_BROKEN = 8,  /* the last manager sent what is no message */
};

typedef struct InitMessage {
        uint32_t type;
        uint32_t length; /* of text, which is not terminated; the packet ends behind it */
        uint64_t id;
        int32_t number, code, status;
        uint32_t flags;
        char text[INIT_TEXT_MAX];
} InitMessage;

#define INIT_HEADER_SIZE offsetof(InitMessage, text)
