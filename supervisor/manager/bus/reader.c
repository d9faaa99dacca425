/*
 * A call of theirs costs four times the time that it took: so long no reader is served once that
 * adds up to more than a burst. So they take at most a fifth of the manager's time.
 */
#include "supervisor/manager/bus/reader.h"

#include <malloc.h>
#include <sys/socket.h>

#include "base/clock.h"

enum { COST = 4 };
#define BURST (2 * CLOCK_SECOND)

static bool is_among(const gid_t *groups, size_t n, gid_t group) {
        for (size_t i = 0; i < n; i++)
                if (groups[i] == group)
                        return true;
        return false;
}

bool reader_is_member(int fd, gid_t group) {
        _cleanup_free_ gid_t *groups = NULL;
        socklen_t size = sizeof(struct ucred);
        struct ucred peer;

        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
                return false;
        if (peer.gid == group)
                return true;
        size = 0; /* says how much room is needed */
        if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, &peer, &size) == 0 || errno != ERANGE)
                return false;
        groups = malloc(size);
        return groups && getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == 0 &&
               is_among(groups, size / sizeof(gid_t), group);
}

static int refuse(sd_bus_error *e) {
        return sd_bus_error_set(e, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "too much was asked by users; ask again later");
}

int reader_begin(Bus *b, sd_bus_error *e) {
        BusReaders *r = &b->readers;

        r->called = clock_now();
        if (r->paid > r->called + BURST)
                return refuse(e);
        r->calling = true;
        return 0;
}

void reader_end(Bus *b) {
        BusReaders *r = &b->readers;
        uint64_t now = clock_now();

        r->calling = false;
        r->paid = MAX_OF(r->paid, now) + COST * (now - r->called);
}

int reader_may_load(Bus *b, const char *name, sd_bus_error *e) {
        BusReaders *r = &b->readers;

        if (!r->calling || registry_find(b->setup.engine->registry, name))
                return 0;
        if (r->called > r->since + READER_SPAN) {
                r->since = r->called;
                r->loaded = 0;
        }
        return r->loaded < READER_LOADED_MAX ? 0 : refuse(e);
}

/* A unit brings those that it mentions. */
void reader_has_loaded(Bus *b, size_t before) {
        size_t now = registry_size(b->setup.engine->registry);

        if (b->readers.calling && now > before)
                b->readers.loaded += now - before;
}

/* Such a block is mapped by itself. */
static size_t mapped(void) {
        return mallinfo2().hblkhd;
}

void reader_check_growth(Bus *b) {
        BusReaders *r = &b->readers;
        /* a call that was handled in the same event may have loaded units, but not so many */
        size_t most = r->handled ? 4 * READER_GROWTH_MAX : READER_GROWTH_MAX;

        r->suspect = r->n > 0 && mapped() > r->mapped + most;
}

void reader_note_growth(Bus *b) {
        b->readers.mapped = b->readers.n > 0 ? mapped() : 0;
        b->readers.handled = b->readers.n == 0;
}
