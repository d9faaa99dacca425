/*
 * What svlogd has taken from a socket and not yet written, and what it knows of its streams, in a
 * file in /run that is mapped into memory. A successor of a killed svlogd goes on from it, so that
 * every line is in the log exactly once.
 *
 * What holds: each step can be done twice with the result of once.
 */
#pragma once

#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/macro.h"
#include "supervisor/log/record.h"
#include "supervisor/log/stream-header.h"

enum {
        LEDGER_STREAMS = 4096,
        LEDGER_BUFFER = 65536, /* a line that was begun, and what is received behind it */
};

/* In msg_len: the kernel has not written anything. */
#define LEDGER_NOTHING UINT32_MAX

/*
 * One thing is done at a time, the *cycle*, and its phase tells how far it got:
 *
 *   IDLE      nothing is under way
 *   READING   the kernel may have moved bytes from the socket into the buffer. Whether it has, and
 *             how many, it writes itself in the same system call that takes them (the msg_len of
 *             recvmmsg(2), which lies in the ledger, too): no kill comes between the two.
 *   WRITING   a part of the buffer is being written at a place that stands in the cycle. Writing it
 *             again, at the same place and with the same time, makes the same bytes.
 *   WRITTEN   that part is in its file
 *   CLOSING   all is written; the stream's slot becomes `next`, and the tail of the buffer, the
 *             beginning of a line, is kept for the next cycle
 */
typedef enum LedgerPhase {
        LEDGER_IDLE,
        LEDGER_READING,
        LEDGER_WRITING,
        LEDGER_WRITTEN,
        LEDGER_CLOSING,
} LedgerPhase;

/* Where the bytes of a cycle come from: a slot's number, or one of these. */
enum {
        LEDGER_SYSLOG = LEDGER_STREAMS,
        LEDGER_NATIVE,
        LEDGER_NATIVE_FILE, /* a native message that lies in a file, which its datagram passes */
        LEDGER_KERNEL,
};

/* A stream that was accepted. */
typedef struct LedgerSlot {
        bool used;
        bool known;     /* what follows is set */
        bool may_claim; /* a root of no unit: the header says which one this is */
        uid_t uid;
        pid_t pid;
        uint32_t kept; /* bytes of a line whose end has not come yet */
        char unit[UNIT_NAME_MAX];
        StreamHeader header;
} LedgerSlot;

typedef struct LedgerCycle {
        _Atomic uint32_t phase; /* a LedgerPhase */
        uint32_t source;
        RecordStamp stamp;

        /* READING */
        uint32_t kept; /* bytes in the buffer before those that are received */
        struct mmsghdr message;
        struct iovec iov;
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred))];

        /* WRITING: which part of the buffer goes where */
        uint32_t done, done_next;
        char file[UNIT_NAME_MAX];
        uint64_t inode, at;

        /* CLOSING */
        LedgerSlot next;
        uint32_t tail; /* where in the buffer the kept bytes begin */
} LedgerCycle;

typedef struct LedgerPage {
        char magic[16];
        uint64_t kernel_next; /* the number of the kernel's next message */
        uint32_t slots_ready; /* so many slots have blocks in the file */

        /* See guard.h: a connection is being accepted, for this slot, as this descriptor. */
        _Atomic uint32_t accepting;
        uint32_t accept_slot;
        int accept_fd;
        LedgerCycle cycle;
        char buffer[LEDGER_BUFFER];
        LedgerSlot slots[LEDGER_STREAMS];
} LedgerPage;

typedef struct Ledger {
        int fd;
        LedgerPage *page;
} Ledger;

/* Opens the ledger at PATH below DIR_FD, made anew where it is missing or of another version.
 * -EBUSY: another svlogd has it. */
int ledger_open(int dir_fd, const char *path, Ledger **ret);
void ledger_free(Ledger *l);
DEFINE_CLEANUP(Ledger, ledger_free)

/* A free slot, zeroed but for `used`. Its number, -EMFILE, or -ENOSPC. */
int ledger_take_slot(Ledger *l);

/* The slot NUMBER, used or not; NULL where there is none. */
LedgerSlot *ledger_slot(Ledger *l, uint32_t number);

/* The same, and it is made where the ledger does not have it yet; NULL where that cannot be. */
LedgerSlot *ledger_make_slot(Ledger *l, uint32_t number);

static inline LedgerCycle *ledger_cycle(Ledger *l) {
        return &l->page->cycle;
}

/* Makes the cycle's message ready for recvmmsg(), with what it says about bytes received as it was.
 */
void ledger_aim(Ledger *l);

/* Begins a cycle: loads what the source's slot has kept and makes ready for recvmmsg(). */
int ledger_begin(Ledger *l, uint32_t source, const RecordStamp *stamp);

/* Room for the tail of a stream: 0, or -ENOSPC. */
int ledger_reserve(Ledger *l, uint32_t slot, uint32_t n);

/* The steps of CLOSING, then IDLE. `next` and `tail` are set for a stream. */
void ledger_close(Ledger *l);

static inline LedgerPhase ledger_phase(const Ledger *l) {
        return (LedgerPhase)atomic_load_explicit(&l->page->cycle.phase, memory_order_acquire);
}
/* What was stored before is there for whoever sees the new phase. */
static inline void ledger_set_phase(Ledger *l, LedgerPhase phase) {
        atomic_store_explicit(&l->page->cycle.phase, phase, memory_order_release);
}
/* Bytes that the kernel has put into the buffer; LEDGER_NOTHING until then. */
static inline uint32_t ledger_received(const Ledger *l) {
        return *(const volatile uint32_t *)&l->page->cycle.message.msg_len;
}
