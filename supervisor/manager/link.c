/*
 * svinit never waits for anybody and reads whatever comes, so waiting for room in its socket ends
 * soon, unless it is gone.
 */
#include "supervisor/manager/link.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/packet.h"

#define ROOM_TIMEOUT_MS 5000
#define FIRST_ID        16 /* below: fixed ones */
#define RESERVED        (INIT_FDS_MAX / 4)

static int send_message(Link *l, InitMessage *m, int fd) {
        struct pollfd room = { .fd = l->socket, .events = POLLOUT };
        int r = packet_send(l->socket, m, INIT_HEADER_SIZE + m->length, fd);

        while (r == -EAGAIN && poll(&room, 1, ROOM_TIMEOUT_MS) > 0)
                r = packet_send(l->socket, m, INIT_HEADER_SIZE + m->length, fd);
        return r;
}

static void put_text(InitMessage *m, const char *text) {
        m->length = (uint32_t)strnlen(text, INIT_TEXT_MAX - 1);
        memcpy(m->text, text, m->length);
}

/* ---- what comes ---- */

static int keep_status(Link *l, const LinkStatus *s) {
        if (ARRAY_GROW(l->statuses, l->n_statuses) < 0)
                return -ENOMEM;
        l->statuses[l->n_statuses++] = *s;
        return 0;
}

static int take_status(Link *l, const InitMessage *m) {
        const LinkStatus s = {
                .id = m->id, .pid = m->number, .code = m->code, .status = m->status
        };

        /* after a fatal signal svinit may say again what it has said */
        if (m->id <= l->seen)
                return 0;
        l->seen = m->id;
        if (!l->synced)
                return keep_status(l, &s);
        l->handlers->status(&s, l->userdata);
        return 0;
}

static int keep_fd(Link *l, const InitMessage *m, int *fd) {
        if (*fd < 0)
                return -EBADMSG;
        for (size_t i = 0; i < l->n_fds; i++)
                if (l->fds[i].id == m->id)
                        return 0; /* said again */
        if (l->synced)
                return 0;
        if (ARRAY_GROW(l->fds, l->n_fds) < 0)
                return -ENOMEM;
        l->fds[l->n_fds++] = (LinkFd){ .id = m->id, .fd = TAKE_FD(*fd) };
        l->last_id = MAX_OF(l->last_id, m->id);
        l->n_stored++;
        return 0;
}

static int answer(Link *l, const InitMessage *m) {
        InitMessage alive = { .type = INIT_ALIVE, .id = m->id };

        return send_message(l, &alive, -EBADF);
}

static int take(Link *l, const InitMessage *m, int *fd) {
        switch (m->type) {
        case INIT_HELLO:
                l->hello = *m;
                return m->number == INIT_PROTOCOL ? 0 : -EPROTONOSUPPORT;
        case INIT_STATUS:
                return take_status(l, m);
        case INIT_FD:
                return keep_fd(l, m, fd);
        case INIT_SYNCED:
                if (l->synced)
                        return 0;
                l->synced = true;
                l->handlers->synced(l->userdata);
                return 0;
        case INIT_SIGNAL:
                l->handlers->signal(m->number, l->userdata);
                return 0;
        case INIT_PING:
                return answer(l, m);
        default:
                return -EBADMSG;
        }
}

static int receive(Link *l) {
        _cleanup_fd_ int fd = -EBADF;
        InitMessage m;
        ssize_t size = packet_peek(l->socket, &m, sizeof(m), &fd);
        int r;

        if (size == -EAGAIN || size == -EINTR)
                return 0;
        if (size < 0)
                return (int)size;
        if (size == 0)
                return -EPIPE;
        if ((size_t)size < INIT_HEADER_SIZE || m.length >= INIT_TEXT_MAX ||
            (size_t)size != INIT_HEADER_SIZE + m.length)
                return -EBADMSG;
        r = take(l, &m, &fd);
        packet_drop(l->socket);
        return r < 0 ? r : 1;
}

static int on_socket(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Link *l = userdata;
        int r = receive(l);

        if (r < 0) {
                (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
                l->handlers->lost(r, l->userdata);
        }
        return 0;
}

int link_init(Link *l, sd_event *event, const LinkHandlers *handlers, void *userdata) {
        int r;

        *l = (Link){ .socket = INIT_SOCKET,
                     .handlers = handlers,
                     .userdata = userdata,
                     .last_id = FIRST_ID };
        if (fcntl(INIT_SOCKET, F_SETFD, FD_CLOEXEC) < 0)
                return -errno;
        r = sd_event_add_io(event, &l->source, l->socket, EPOLLIN, on_socket, l);
        if (r < 0)
                return r;
        /* ends before anything else, so that a restart never follows a stop that has not ended */
        return sd_event_source_set_priority(l->source, SD_EVENT_PRIORITY_IMPORTANT);
}

void link_done(Link *l) {
        sd_event_source_unref(l->source);
        for (size_t i = 0; i < l->n_fds; i++)
                fd_close(l->fds[i].fd);
        free(l->fds);
        free(l->statuses);
}

/* ---- descriptors ---- */

int link_take_fd(Link *l, uint64_t id) {
        for (size_t i = 0; i < l->n_fds; i++)
                if (l->fds[i].id == id && id != 0) {
                        l->fds[i].id = 0;
                        return TAKE_FD(l->fds[i].fd);
                }
        return -EBADF;
}

void link_drop_untaken(Link *l) {
        for (size_t i = 0; i < l->n_fds; i++) {
                if (l->fds[i].id == 0)
                        continue;
                fd_close(TAKE_FD(l->fds[i].fd));
                link_remove(l, l->fds[i].id);
        }
        free(l->fds);
        l->fds = NULL;
        l->n_fds = 0;
}

bool link_has_room(const Link *l) {
        return l->n_stored + RESERVED < INIT_FDS_MAX;
}

uint64_t link_new_id(Link *l) {
        return ++l->last_id;
}

int link_store_at(Link *l, int fd, const char *name, uint64_t id) {
        InitMessage m = { .type = INIT_STORE, .id = id };
        int r;

        if (l->n_stored >= INIT_FDS_MAX)
                return -ENOSPC;
        put_text(&m, name);
        r = send_message(l, &m, fd);
        if (r >= 0)
                l->n_stored++;
        return r;
}

int link_store(Link *l, int fd, const char *name, uint64_t *ret_id) {
        uint64_t id = link_new_id(l);
        int r = link_store_at(l, fd, name, id);

        if (r >= 0)
                *ret_id = id;
        return r;
}

void link_remove(Link *l, uint64_t id) {
        InitMessage m = { .type = INIT_REMOVE, .id = id };

        if (send_message(l, &m, -EBADF) >= 0 && l->n_stored > 0)
                l->n_stored--;
}

/* ---- the rest of what is said ---- */

void link_acknowledge(Link *l) {
        InitMessage m = { .type = INIT_ACK, .id = l->seen };

        if (l->seen != l->acknowledged && send_message(l, &m, -EBADF) >= 0)
                l->acknowledged = l->seen;
}

void link_taken(Link *l, int signal) {
        InitMessage m = { .type = INIT_TAKEN, .number = signal };

        (void)send_message(l, &m, -EBADF);
}

int link_ready(Link *l) {
        InitMessage m = { .type = INIT_READY };

        return send_message(l, &m, -EBADF);
}

int link_final(Link *l, InitAction action, int status, const char *argument) {
        InitMessage m = { .type = INIT_FINAL, .number = (int32_t)action, .status = status };

        put_text(&m, argument ? argument : "");
        return send_message(l, &m, -EBADF);
}
