/*
 * The manager's end of the talk with svinit, supervisor/init/protocol.h: what svinit kept for us is
 * collected until SYNCED, and told afterwards one by one.
 *
 * A message is taken out of the socket when its handler has returned, so that a manager that dies
 * in the middle gets it again from the next svinit's hands.
 */
#pragma once

#include <systemd/sd-event.h>

#include "base/macro.h"
#include "supervisor/init/protocol.h"

typedef struct LinkStatus {
        uint64_t id;
        int32_t pid, code, status;
} LinkStatus;

typedef struct LinkFd {
        uint64_t id; /* 0: taken by somebody */
        int fd;
} LinkFd;

typedef struct LinkHandlers {
        /* All that svinit kept is here now: statuses and descriptors of the link. */
        void (*synced)(void *userdata);
        void (*status)(const LinkStatus *s, void *userdata);
        void (*signal)(int number, void *userdata);
        void (*lost)(int error, void *userdata); /* svinit is gone, or talks nonsense */
} LinkHandlers;

typedef struct Link {
        int socket;
        sd_event_source *source;
        const LinkHandlers *handlers;
        void *userdata;
        InitMessage hello;
        bool synced;
        LinkStatus *statuses; /* until SYNCED */
        size_t n_statuses;
        LinkFd *fds;
        size_t n_fds;
        uint64_t last_id; /* of a descriptor */
        size_t n_stored;
        uint64_t seen, acknowledged; /* statuses */
} Link;

/* Takes the socket INIT_SOCKET. Returns 0 or negative errno. */
int link_init(Link *l, sd_event *event, const LinkHandlers *handlers, void *userdata);
void link_done(Link *l);

/* The descriptor that was kept under ID, which becomes the caller's; -EBADF: there is none. */
int link_take_fd(Link *l, uint64_t id);

/* Forgets those that nobody took, here and in svinit. */
void link_drop_untaken(Link *l);

/* Deposits a copy of FD under a new id. Returns 0 with *RET_ID, or negative errno; -ENOSPC: svinit
 * keeps as many as it can. */
int link_store(Link *l, int fd, const char *name, uint64_t *ret_id);
int link_store_at(Link *l, int fd, const char *name, uint64_t id);

/* Is there room for more of what services want kept? Some is left for what starting them takes. */
bool link_has_room(const Link *l);
uint64_t link_new_id(Link *l);
void link_remove(Link *l, uint64_t id);

/* All statuses that were handled so far are written down. */
void link_acknowledge(Link *l);
void link_taken(Link *l, int signal);
int link_ready(Link *l);
int link_final(Link *l, InitAction action, int status, const char *argument);
