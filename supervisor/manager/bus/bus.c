/*
 * The clients of the bus: who is let in, and who is cut off.
 *
 * A client is never freed while sd-bus is handling a message of its: it is marked, and goes when
 * the event is over.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/array.h"
#include "base/fd.h"
#include "supervisor/manager/bus/reader.h"
#include "supervisor/manager/unit-load.h"

enum {
        QUEUE_MAX = 16384, /* messages that wait for a client: many units may change at once */
        REFS_MAX = 1024,   /* units that a client may hold */
        CALLS_MAX = 64,    /* answers that a client did not read */
};

struct BusClient {
        Bus *bus;
        sd_bus *link;
        uint64_t sent;               /* messages to it, */
        uint64_t answers[CALLS_MAX]; /* and which of them were the last answers */
        unsigned calls;
        bool doomed;
        bool reads; /* and changes nothing */
        bool begun; /* it was let in */
        Unit **refs;
        size_t n_refs;
        BusClient *next;
};

int bus_listen(const char *path) {
        _cleanup_fd_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int n = snprintf(address.sun_path, sizeof(address.sun_path), "%s.new", path);

        if (fd < 0)
                return -errno;
        if (n < 0 || (size_t)n >= sizeof(address.sun_path))
                return -ENAMETOOLONG;
        (void)unlink(address.sun_path);
        /* before bind(): the file never has another mode */
        if (fchmod(fd, 0600) < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            listen(fd, SOMAXCONN) < 0 || rename(address.sun_path, path) < 0)
                return -errno;
        return TAKE_FD(fd);
}

int bus_admit(const char *path, gid_t readers) {
        /* stricter first: at no time may another group connect */
        if (chmod(path, 0600) < 0 || chown(path, (uid_t)-1, readers) < 0 ||
            (readers != 0 && chmod(path, 0660) < 0))
                return -errno;
        return 0;
}

/* ---- one client ---- */

static void client_free(BusClient *c) {
        for (size_t i = 0; i < c->n_refs; i++)
                c->refs[i]->pins--;
        free(c->refs);
        if (c->link) {
                (void)sd_bus_detach_event(c->link);
                sd_bus_close(c->link);
                sd_bus_unref(c->link);
        }
        free(c);
}

static bool is_full(const BusClient *c) {
        uint64_t waiting;

        return sd_bus_get_n_queued_write(c->link, &waiting) >= 0 && waiting > QUEUE_MAX;
}

/* One that asks and asks without taking the answers. Signals may wait for it meanwhile. */
static bool is_greedy(BusClient *c, sd_bus_message *m) {
        unsigned room = c->reads ? READER_ANSWERS_MAX : CALLS_MAX;
        uint64_t waiting = 0, *oldest = &c->answers[c->calls % room];
        bool greedy;

        if (sd_bus_message_get_expect_reply(m) <= 0)
                return false;
        (void)sd_bus_get_n_queued_write(c->link, &waiting);
        greedy = *oldest > 0 && *oldest + waiting > c->sent;
        *oldest = ++c->sent;
        c->calls++;
        return greedy;
}

static BusClient *client_of(const Bus *b, sd_bus_message *m) {
        BusClient *c = b->clients;

        while (c && c->link != sd_bus_message_get_bus(m))
                c = c->next;
        return c;
}

int bus_ref(Bus *b, sd_bus_message *m, Unit *u) {
        BusClient *c = client_of(b, m);

        if (!c || c->n_refs >= REFS_MAX || array_grow(&c->refs, c->n_refs, sizeof(void *)) < 0)
                return -ENOMEM;
        c->refs[c->n_refs++] = u;
        u->pins++;
        return 0;
}

int bus_unref(Bus *b, sd_bus_message *m, Unit *u) {
        BusClient *c = client_of(b, m);

        for (size_t i = 0; c && i < c->n_refs; i++) {
                if (c->refs[i] != u)
                        continue;
                c->refs[i] = c->refs[c->n_refs - 1];
                /* the room of an array goes by its count */
                c->refs[--c->n_refs] = NULL;
                u->pins--;
                return 0;
        }
        return -ESRCH;
}

static int answer_reader(Bus *b, sd_bus_message *m, sd_bus_error *e) {
        int r = reader_begin(b, e);

        if (r < 0)
                return r;
        r = bus_dispatch(b, m, e);
        reader_end(b);
        return r;
}

static int on_message(sd_bus_message *m, void *userdata, sd_bus_error *e) {
        BusClient *c = userdata;

        if (sd_bus_message_is_signal(m, "org.freedesktop.DBus.Local", "Disconnected") > 0)
                c->doomed = true;
        c->bus->readers.handled = true;
        if (c->doomed || sd_bus_message_is_method_call(m, NULL, NULL) <= 0)
                return 1;
        if (is_greedy(c, m) || is_full(c)) {
                c->doomed = true;
                return 1;
        }
        return c->reads ? answer_reader(c->bus, m, e) : bus_dispatch(c->bus, m, e);
}

static int client_start(BusClient *c, int fd) {
        sd_id128_t id;
        int r = sd_id128_randomize(&id);

        if (r >= 0)
                r = sd_bus_new(&c->link);
        if (r >= 0)
                r = sd_bus_set_server(c->link, true, id);
        if (r >= 0)
                r = sd_bus_negotiate_fds(c->link, false);
        if (r >= 0)
                r = sd_bus_set_sender(c->link, BUS_NAME);
        if (r >= 0)
                r = sd_bus_add_filter(c->link, NULL, on_message, c);
        if (r >= 0)
                r = sd_bus_set_fd(c->link, fd, fd); /* is the link's from here on */
        if (r < 0) {
                fd_close(fd);
                return r;
        }
        r = sd_bus_start(c->link);
        return r < 0 ? r : sd_bus_attach_event(c->link, c->bus->setup.event, 0);
}

/* May the other side of FD come in, and to look only? */
static bool may_enter(const Bus *b, int fd, bool *ret_reads) {
        struct ucred peer;
        socklen_t size = sizeof(peer);

        if (b->n_clients >= BUS_CLIENTS_MAX ||
            getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
                return false;
        *ret_reads = peer.uid != 0 && peer.uid != geteuid();
        return !*ret_reads || (b->setup.readers != 0 && b->readers.n < READER_CLIENTS_MAX &&
                               reader_is_member(fd, b->setup.readers));
}

static int on_accept(sd_event_source *source, int socket, uint32_t events, void *userdata) {
        Bus *b = userdata;
        /* cppcheck-suppress nullPointer ; who it is, SO_PEERCRED says */
        int fd = accept4(socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        bool reads = false;
        BusClient *c;

        if (fd < 0)
                return 0;
        c = may_enter(b, fd, &reads) ? calloc(1, sizeof(*c)) : NULL;
        if (!c) {
                fd_close(fd);
                return 0;
        }
        c->bus = b;
        c->reads = reads;
        if (client_start(c, fd) < 0) {
                client_free(c);
                return 0;
        }
        c->next = b->clients;
        b->clients = c;
        b->n_clients++;
        b->readers.n += reads;
        return 0;
}

/* Calls that came in one piece with the greeting were read with it, and no event tells of them. */
static void catch_up(Bus *b) {
        for (BusClient *c = b->clients; c; c = c->next) {
                int r = 0;

                if (c->begun || c->doomed || sd_bus_is_ready(c->link) <= 0)
                        continue;
                c->begun = true;
                while (!c->doomed && (r = sd_bus_process(c->link, NULL)) > 0)
                        (void)sd_event_source_set_enabled(b->again, SD_EVENT_ONESHOT);
                c->doomed = c->doomed || r < 0;
        }
}

static void sweep(Bus *b) {
        for (BusClient **at = &b->clients; *at;) {
                BusClient *c = *at;

                if (!c->doomed) {
                        at = &c->next;
                        continue;
                }
                *at = c->next;
                b->n_clients--;
                b->readers.n -= c->reads;
                client_free(c);
        }
}

/* ---- all of them ---- */

static void send_one(BusClient *c, const BusSignal *signal) {
        sd_bus_message *m = NULL;

        if (c->doomed || c->reads || sd_bus_is_ready(c->link) <= 0)
                return; /* readers are told nothing that they did not ask for */
        if (is_full(c) ||
            sd_bus_message_new_signal(c->link, &m, signal->path, signal->interface, signal->name) <
                    0 ||
            (signal->append && signal->append(m, signal->data) < 0) ||
            sd_bus_send(c->link, m, NULL) < 0)
                c->doomed = true; /* it would wait for ever for what it was not told */
        c->sent++;
        sd_bus_message_unref(m);
}

void bus_broadcast(Bus *b, const BusSignal *signal) {
        for (BusClient *c = b->clients; c; c = c->next)
                send_one(c, signal);
}

static void drop_config(Bus *b) {
        if (!b->config)
                return;
        config_done(b->config);
        free(b->config);
        b->config = NULL;
}

/* One more event, so that the manager has its turn. */
static int on_again(sd_event_source *source, void *userdata) {
        return 0;
}

/* No event source of its own with a lower priority: where something always happens, it would never
 * have its turn, and nobody would be let in. */
void bus_turn(Bus *b) {
        catch_up(b); /* reads, too */
        reader_check_growth(b);
        for (BusClient *c = b->clients; c && b->readers.suspect; c = c->next)
                c->doomed = c->doomed || c->reads;
        bus_signal_units(b);
        sweep(b);
        drop_config(b);
        reader_note_growth(b);
}

int bus_new(const BusSetup *setup, Bus **ret) {
        _cleanup_(bus_freep) Bus *b = calloc(1, sizeof(*b));
        int r;

        if (!b) {
                fd_close(setup->socket);
                return -ENOMEM;
        }
        b->setup = *setup;
        b->began = setup->engine->now;
        r = sd_event_add_io(setup->event, &b->accept, setup->socket, EPOLLIN, on_accept, b);
        if (r >= 0)
                r = sd_event_add_defer(setup->event, &b->again, on_again, b);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(b);
        return 0;
}

void bus_free(Bus *b) {
        if (!b)
                return;
        for (BusClient *c = b->clients; c; c = c->next)
                c->doomed = true;
        sweep(b);
        drop_config(b);
        sd_event_source_disable_unref(b->accept);
        sd_event_source_disable_unref(b->again);
        fd_close(b->setup.socket);
        free(b);
}

static int load_config(const Bus *b, const Unit *u, Config *c) {
        int r = u->load != LOAD_LOADED || !u->fragment
                        ? 0
                        : unit_load_config(b->setup.engine->registry, u, NULL, c);

        return r >= 0 && b->setup.ops->complete ? b->setup.ops->complete(u, c, b->setup.userdata)
                                                : r;
}

const Config *bus_config(Bus *b, const Unit *u) {
        Config *c;

        if (b->config && b->config_of == u)
                return b->config;
        drop_config(b);
        c = malloc(sizeof(*c));
        if (!c)
                return NULL;
        if (config_init(c) < 0 || load_config(b, u, c) == -ENOMEM) {
                config_done(c);
                free(c);
                return NULL;
        }
        b->config = c;
        b->config_of = u;
        return c;
}
