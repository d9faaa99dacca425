/*
 * The file: the mapped page, and behind it, for each slot, room for a line that was begun. That
 * room is read and written as a file, since a mapping of it would end in SIGBUS where /run is full;
 * what is mapped has its blocks before it is touched, for the same reason.
 */
#include "supervisor/log/ledger.h"

#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>

#include "base/fd.h"

#define MAGIC "svlogd ledger 1"

enum { LOCK_TRIES = 100, LOCK_WAIT_NSEC = 20000000 };

static off_t kept_at(uint32_t slot) {
        return (off_t)(sizeof(LedgerPage) + (size_t)slot * RECORD_MESSAGE_MAX);
}

void ledger_free(Ledger *l) {
        if (!l)
                return;
        if (l->page)
                munmap(l->page, sizeof(LedgerPage));
        fd_close(l->fd);
        free(l);
}

/* A predecessor that was just killed may take a moment to let go. */
static int lock(int fd) {
        const struct timespec wait = { .tv_nsec = LOCK_WAIT_NSEC };

        for (int i = 0; i < LOCK_TRIES; i++) {
                if (flock(fd, LOCK_EX | LOCK_NB) == 0)
                        return 0;
                if (errno != EWOULDBLOCK)
                        return -errno;
                nanosleep(&wait, NULL);
        }
        return -EBUSY;
}

/* Of this version, and of this size, which changes with every struct in it. */
static bool is_ours(int fd) {
        char magic[sizeof(MAGIC)];
        struct stat st;

        return fstat(fd, &st) == 0 && st.st_size == kept_at(LEDGER_STREAMS) &&
               pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
               memcmp(magic, MAGIC, sizeof(magic)) == 0;
}

static int prepare(int fd) {
        if (is_ours(fd))
                return 0;
        if (ftruncate(fd, 0) < 0 || ftruncate(fd, kept_at(LEDGER_STREAMS)) < 0 ||
            fallocate(fd, 0, 0, offsetof(LedgerPage, slots)) < 0)
                return -errno;
        return 0;
}

int ledger_open(int dir_fd, const char *path, Ledger **ret) {
        _cleanup_(ledger_freep) Ledger *l = calloc(1, sizeof(*l));
        void *page;
        int r;

        if (!l)
                return -ENOMEM;
        l->fd = fd_open_nofollow(dir_fd, path, O_RDWR | O_CREAT, 0600);
        if (l->fd < 0)
                return l->fd;
        r = lock(l->fd);
        if (r >= 0)
                r = prepare(l->fd);
        if (r < 0)
                return r;
        page = mmap(NULL, sizeof(LedgerPage), PROT_READ | PROT_WRITE, MAP_SHARED, l->fd, 0);
        if (page == MAP_FAILED)
                return -errno;
        l->page = page;
        memcpy(l->page->magic, MAGIC, sizeof(MAGIC));
        *ret = TAKE_PTR(l);
        return 0;
}

LedgerSlot *ledger_slot(Ledger *l, uint32_t number) {
        return number < l->page->slots_ready ? &l->page->slots[number] : NULL;
}

LedgerSlot *ledger_make_slot(Ledger *l, uint32_t number) {
        const off_t size = sizeof(LedgerSlot), at = offsetof(LedgerPage, slots);

        if (number >= LEDGER_STREAMS)
                return NULL;
        if (number >= l->page->slots_ready) {
                uint32_t ready = l->page->slots_ready;

                if (fallocate(l->fd, 0, at + ready * size, (number + 1 - ready) * size) < 0)
                        return NULL;
                l->page->slots_ready = number + 1;
        }
        return &l->page->slots[number];
}

int ledger_take_slot(Ledger *l) {
        for (uint32_t i = 0; i < LEDGER_STREAMS; i++) {
                LedgerSlot *slot = ledger_make_slot(l, i);

                if (!slot)
                        return -ENOSPC;
                if (slot->used)
                        continue;
                *slot = (LedgerSlot){ .used = true };
                return (int)i;
        }
        return -EMFILE;
}

static int load_kept(Ledger *l, uint32_t source) {
        LedgerCycle *c = &l->page->cycle;
        ssize_t n;

        c->kept = source < LEDGER_STREAMS ? l->page->slots[source].kept : 0;
        if (c->kept == 0)
                return 0;
        n = pread(l->fd, l->page->buffer, c->kept, kept_at(source));
        if (n < 0)
                return -errno;
        return n == (ssize_t)c->kept ? 0 : -EIO;
}

void ledger_aim(Ledger *l) {
        LedgerCycle *c = &l->page->cycle;
        bool has_sender = c->source >= LEDGER_STREAMS;

        c->iov = (struct iovec){ .iov_base = l->page->buffer + c->kept,
                                 .iov_len = LEDGER_BUFFER - c->kept };
        c->message.msg_hdr = (struct msghdr){
                .msg_iov = &c->iov,
                .msg_iovlen = 1,
                .msg_control = has_sender ? c->control : NULL,
                .msg_controllen = has_sender ? sizeof(c->control) : 0,
        };
}

int ledger_begin(Ledger *l, uint32_t source, const RecordStamp *stamp) {
        LedgerCycle *c = &l->page->cycle;
        int r = load_kept(l, source);

        if (r < 0)
                return r;
        c->source = source;
        c->stamp = *stamp;
        c->done = 0;
        c->message.msg_len = LEDGER_NOTHING;
        ledger_aim(l);
        ledger_set_phase(l, LEDGER_READING);
        return 0;
}

int ledger_reserve(Ledger *l, uint32_t slot, uint32_t n) {
        return n > 0 && fallocate(l->fd, 0, kept_at(slot), n) < 0 ? -errno : 0;
}

/* The room of a line that is complete goes back to the system. */
static void keep_tail(Ledger *l, uint32_t slot, const char *tail, uint32_t n) {
        if (n > 0)
                (void)!pwrite(l->fd, tail, n, kept_at(slot));
        else if (l->page->slots[slot].kept > 0)
                (void)fallocate(l->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, kept_at(slot),
                                RECORD_MESSAGE_MAX);
}

void ledger_close(Ledger *l) {
        LedgerCycle *c = &l->page->cycle;

        if (c->source < LEDGER_STREAMS) {
                ledger_set_phase(l, LEDGER_CLOSING);
                keep_tail(l, c->source, l->page->buffer + c->tail, c->next.kept);
                l->page->slots[c->source] = c->next;
        }
        ledger_set_phase(l, LEDGER_IDLE);
}
