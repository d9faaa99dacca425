/*
 * The talk with the manager. There is no queue: what is to be sent follows from
 * the state, so neither a full socket nor a fatal signal loses anything. A message
 * from the manager is looked at, done, and only then taken out of the socket.
 */
#include <signal.h>
#include <string.h>

#include "base/fd.h"
#include "base/machine/watchdog.h"
#include "base/packet.h"
#include "supervisor/init/init.h"

static bool tell(const State *s, InitType type, InitMessage m, int fd) {
        m.type = type;
        return packet_send(s->link, &m, INIT_HEADER_SIZE + m.length, fd) >= 0;
}

/* All that comes in order. False: the socket is full, or nobody reads it any more. */
static bool hand_over(State *s) {
        if (!s->greeted) {
                s->greeted = tell(s, INIT_HELLO, s->hello, -EBADF);
                if (!s->greeted)
                        return false;
                s->hello.flags &= ~(uint32_t)(INIT_WAS_HUNG | INIT_WAS_BROKEN);
        }
        for (; s->sent < s->next; s->sent++) {
                const InitStatus *t = &s->statuses[s->sent % INIT_STATUSES_MAX];
                InitMessage m = { .id = s->sent, .number = t->pid, .code = t->code };

                m.status = t->status;
                if (!tell(s, INIT_STATUS, m, -EBADF))
                        return false;
        }
        for (; !s->synced && s->fds_sent < s->fds_n; s->fds_sent++) {
                const InitFd *f = &s->fds[s->fds_sent];
                InitMessage m = { .id = f->id, .length = f->length };

                memcpy(m.text, f->name, m.length);
                if (f->fd && !tell(s, INIT_FD, m, f->fd))
                        return false;
        }
        return s->synced || (s->synced = tell(s, INIT_SYNCED, (InitMessage){ 0 }, -EBADF));
}

void init_flush(State *s) {
        if (s->link < 0 || !hand_over(s))
                return;
        for (int n = 1; n <= SIGRTMAX; n++) {
                InitMessage m = { .number = n };

                if ((s->signals & ~s->signals_sent & 1ULL << (n - 1)) &&
                    tell(s, INIT_SIGNAL, m, -EBADF))
                        s->signals_sent |= 1ULL << (n - 1);
        }
        if (s->ping_sent != s->ping && tell(s, INIT_PING, (InitMessage){ .id = s->ping }, -EBADF))
                s->ping_sent = s->ping;
}

bool init_unsent(const State *s) {
        return !s->synced || s->sent < s->next || (s->signals & ~s->signals_sent) ||
               s->ping_sent != s->ping;
}

/* The slot of the descriptor ID; without one a free slot, or NULL. */
static InitFd *find_fd(State *s, uint64_t id) {
        InitFd *free_slot = s->fds_n < INIT_FDS_MAX ? &s->fds[s->fds_n] : NULL;

        for (uint32_t i = s->fds_n; i-- > 0;) {
                if (s->fds[i].fd && s->fds[i].id == id)
                        return &s->fds[i];
                if (!s->fds[i].fd)
                        free_slot = &s->fds[i];
        }
        return free_slot;
}

/* F may be a free slot, or NULL. */
static void forget_fd(InitFd *f) {
        int fd = f && f->fd ? f->fd : -EBADF;

        if (f)
                f->fd = 0;
        init_fence();
        fd_close(fd);
}

static bool store(State *s, const InitMessage *m, int *fd) {
        InitFd *f = find_fd(s, m->id);

        if (!f || *fd < 0)
                return false;
        forget_fd(f);
        f->id = m->id;
        f->length = m->length;
        memcpy(f->name, m->text, m->length);
        s->fds_n = MAX_OF(s->fds_n, (uint32_t)(f - s->fds) + 1);
        init_fence();
        f->fd = TAKE_FD(*fd);
        return true;
}

static void alive(State *s) {
        uint64_t half = s->hang * CLOCK_SECOND / 2, third = s->timer * CLOCK_SECOND / 3;

        watchdog_feed(s->watchdog, s->timer);
        s->watch = INIT_WATCH_PING;
        s->watch_at = clock_now() + (s->watchdog >= 0 ? MIN_OF(half, third) : half);
}

/* Does what M asks for. False: it is wrong. */
static bool act(State *s, const InitMessage *m, int *fd) {
        switch (m->type) {
        case INIT_ACK:
                s->first = m->id < s->sent ? MAX_OF(s->first, m->id + 1) : s->first;
                return m->id < s->sent;
        case INIT_TAKEN:
                if (m->number < 1 || m->number > SIGRTMAX)
                        return false;
                s->signals &= ~(s->signals_sent & 1ULL << (m->number - 1));
                s->signals_sent &= s->signals;
                return true;
        case INIT_STORE:
                return store(s, m, fd);
        case INIT_REMOVE:
                forget_fd(find_fd(s, m->id));
                return true;
        case INIT_ALIVE:
                if (m->id == s->ping && s->watch == INIT_WATCH_ABORT)
                        alive(s);
                return true;
        case INIT_READY:
                s->ready_at = s->ready_at ? s->ready_at : clock_now();
                return true;
        case INIT_FINAL:
                if (m->number <= INIT_NONE || m->number > INIT_EXIT)
                        return false;
                memcpy(s->final.text, m->text, m->length); /* the last byte stays 0 */
                init_ask_final(s, (InitAction)m->number, m->status & 0xff);
                return true;
        default:
                return false;
        }
}

int init_receive(State *s) {
        _cleanup_fd_ int fd = -EBADF;
        InitMessage m;
        ssize_t size = packet_peek(s->link, &m, sizeof(m), &fd);

        if (size == -EAGAIN || size == -EINTR)
                return 0;
        if (size < (ssize_t)INIT_HEADER_SIZE || m.length >= INIT_TEXT_MAX ||
            (size_t)size != INIT_HEADER_SIZE + m.length || (fd >= 0 && m.type != INIT_STORE) ||
            !act(s, &m, &fd))
                return size == 0 ? -EPIPE : -EBADMSG;
        s->talked |= m.type != INIT_ALIVE;
        packet_drop(s->link);
        return 1;
}
