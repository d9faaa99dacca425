/*
 * Connections of services: accepted, deposited with the manager, read, forgotten.
 *
 * What holds: a slot is free for another connection only when the manager has been told to forget
 * the last one, so a name never means two.
 */
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include "base/fd.h"
#include "supervisor/log/server.h"

enum { ACCEPT_IN_A_ROW = 64, DEPOSIT_TRIES = 20000, DEPOSIT_WAIT_NSEC = 1000000 };

int server_streams_wait_for(Server *s, int fd, uint32_t what) {
        struct epoll_event event = { .events = EPOLLIN, .data.u32 = what };

        return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static void accept_more(Server *s, bool more) {
        int listener = s->sockets[SOCKET_STDOUT];

        if (more == s->accepting)
                return;
        if (more && server_streams_wait_for(s, listener, SERVER_LISTENER) < 0)
                return;
        if (!more)
                (void)epoll_ctl(s->epoll, EPOLL_CTL_DEL, listener, NULL);
        s->accepting = more;
}

/* Who is at the other end. */
static void identify(const Server *s, LedgerSlot *slot, int fd) {
        struct ucred peer = { .uid = (uid_t)-1 };
        socklen_t size = sizeof(peer);

        (void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
        slot->pid = peer.pid;
        slot->uid = peer.uid;
        origin_unit_of_pid(peer.pid, s->intake->root, slot->unit);
        slot->may_claim = peer.uid == 0 && slot->unit[0] == '\0';
        slot->known = true;
}

static bool is_one_too_many(const Server *s, uint32_t slot) {
        uid_t uid = ledger_slot(s->intake->ledger, slot)->uid;
        unsigned n = 0;

        if (uid == 0)
                return false;
        for (uint32_t i = 0; i < LEDGER_STREAMS; i++)
                if (s->stream_fds[i] >= 0 && ledger_slot(s->intake->ledger, i)->uid == uid)
                        n++;
        return n > SERVER_STREAMS_OF_USER;
}

/* Tells the manager about SLOT, as far as it takes messages. */
static void tell(Server *s, uint32_t slot) {
        char name[GUARD_NAME_MAX];
        int r = 0;

        guard_slot_name(slot, name);
        if (s->tell[slot] == SERVER_STORE)
                r = service_notify_store(&s->notify, name, s->stream_fds[slot]);
        else if (s->tell[slot] == SERVER_FORGET)
                r = service_notify_forget(&s->notify, name);
        if (r < 0) {
                s->unsettled = true;
                return;
        }
        if (s->tell[slot] == SERVER_FORGET) {
                ledger_slot(s->intake->ledger, slot)->used = false;
                accept_more(s, true);
        }
        s->tell[slot] = SERVER_TOLD;
}

void server_streams_settle(Server *s) {
        s->unsettled = false;
        /* the first that the manager does not take is the last that is tried for now */
        for (uint32_t i = 0; i < LEDGER_STREAMS && !s->unsettled; i++)
                if (s->tell[i] != SERVER_TOLD)
                        tell(s, i);
        accept_more(s, true);
}

static void end_stream(Server *s, uint32_t slot) {
        fd_close(TAKE_FD(s->stream_fds[slot]));
        s->streams--;
        s->tell[slot] = SERVER_FORGET;
        if (!s->unsettled)
                tell(s, slot);
}

static void begin_stream(Server *s, uint32_t slot, int fd) {
        s->stream_fds[slot] = fd;
        s->streams++;
        if (server_streams_wait_for(s, fd, slot) < 0)
                end_stream(s, slot);
}

/* A manager that is busy is waited for, for a while: what it does not have dies with us, and only
 * one connection can be guarded. Returns 1, or -EMFILE when nothing more should be accepted yet. */
static int deposit(Server *s, uint32_t slot) {
        const struct timespec wait = { .tv_nsec = DEPOSIT_WAIT_NSEC };

        s->tell[slot] = SERVER_STORE;
        for (int i = 0; i < DEPOSIT_TRIES; i++) {
                tell(s, slot);
                if (s->tell[slot] == SERVER_TOLD)
                        return 1;
                nanosleep(&wait, NULL);
        }
        return -EMFILE;
}

/* Returns 1 when there may be more, 0 when there are none, -EMFILE when no more can be had. */
static int accept_one(Server *s) {
        int listener = s->sockets[SOCKET_STDOUT];
        int slot = ledger_take_slot(s->intake->ledger), fd, r;

        if (slot < 0)
                return -EMFILE;
        guard_expect(&s->guard, (uint32_t)slot, listener);
        /* cppcheck-suppress nullPointer ; who it is, SO_PEERCRED says */
        fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
                r = errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -EMFILE : 0;
                guard_settled(&s->guard);
                ledger_slot(s->intake->ledger, (uint32_t)slot)->used = false;
                return r;
        }
        s->stream_fds[slot] = fd;
        r = deposit(s, (uint32_t)slot);
        guard_settled(&s->guard);
        identify(s, ledger_slot(s->intake->ledger, (uint32_t)slot), fd);
        begin_stream(s, (uint32_t)slot, fd);
        if (is_one_too_many(s, (uint32_t)slot))
                end_stream(s, (uint32_t)slot);
        return r;
}

void server_streams_accept(Server *s) {
        int r = 1;

        guard_begin(&s->guard);
        for (int i = 0; i < ACCEPT_IN_A_ROW && r > 0; i++)
                r = accept_one(s);
        guard_end(&s->guard);
        if (r < 0) {
                accept_more(s, false);
                s->unsettled = true; /* tried again after a moment, or when a stream ends */
        }
}

void server_streams_adopt(Server *s, uint32_t number, int fd) {
        LedgerSlot *slot = ledger_make_slot(s->intake->ledger, number);

        if (!slot || s->stream_fds[number] >= 0) {
                fd_close(fd);
                return;
        }
        if (!slot->used) { /* the ledger is new, and the header is long gone */
                *slot = (LedgerSlot){ .used = true };
                slot->header = (StreamHeader){ .lines = STREAM_HEADER_LINES,
                                               .priority = 6,
                                               .level_prefix = true };
                identify(s, slot, fd);
        }
        if (!slot->known)
                identify(s, slot, fd);
        (void)fcntl(fd, F_SETFL, O_NONBLOCK);
        begin_stream(s, number, fd);
}

void server_streams_sort_out(Server *s) {
        for (uint32_t i = 0; i < LEDGER_STREAMS; i++) {
                const LedgerSlot *slot = ledger_slot(s->intake->ledger, i);

                if (!slot || !slot->used || s->stream_fds[i] >= 0)
                        continue;
                if (slot->known && slot->kept > 0)
                        (void)intake_stream(s->intake, -EBADF, i);
                s->tell[i] = SERVER_FORGET;
                tell(s, i);
        }
}

void server_streams_read(Server *s, uint32_t slot) {
        if (s->stream_fds[slot] >= 0 && intake_stream(s->intake, s->stream_fds[slot], slot) < 0)
                end_stream(s, slot);
}
