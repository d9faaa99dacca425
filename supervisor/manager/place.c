/*
 * One row for each of the two files. A refresh compares what is there with the states of units, so
 * that it does not matter how many changes lie between two of them.
 */
#include "supervisor/manager/place.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/text.h"
#include "supervisor/manager/service-kind.h"

#define FILE_MAX (16U << 20)
/* A storm of changes is looked at some times a second. */
#define STORM_SPAN (CLOCK_SECOND / 10)
#define STORM_MANY 10

struct Place {
        int fd;
        MountTable table;
};

static const struct {
        UnitType type;
        const char *file;
        int (*parse)(char *text, MountTable *ret);
} rows[PLACES] = {
        { UNIT_MOUNT, "/proc/self/mountinfo", mount_table_parse },
        { UNIT_SWAP, "/proc/swaps", mount_table_parse_swaps },
};

static size_t row_of(UnitType type) {
        return type == UNIT_SWAP;
}

const MountTable *place_table(const Manager *m, UnitType type) {
        return &m->places[row_of(type)].table;
}

char *place_path(const Unit *u) {
        char *path = NULL;

        return unit_name_to_path(u->id, &path) < 0 ? NULL : path;
}

const MountEntry *place_of(const Manager *m, const Unit *u) {
        _cleanup_free_ char *path = place_path(u);

        return path ? mount_table_find(place_table(m, u->type), path) : NULL;
}

/* ---- reading ---- */

/* On failure what was known before stays, rather than that everything is gone. */
static int read_row(Manager *m, size_t row) {
        MountTable t;
        char *text;
        int r = file_read_at(AT_FDCWD, rows[row].file, FILE_MAX, &text, NULL);

        if (r >= 0)
                r = rows[row].parse(text, &t);
        if (r < 0) {
                manager_say(NULL, "%s cannot be read: %s", rows[row].file, strerror(-r));
                return r;
        }
        mount_table_done(&m->places[row].table);
        m->places[row].table = t;
        return 0;
}

const MountTable *place_read(Manager *m, UnitType type) {
        (void)read_row(m, row_of(type));
        return place_table(m, type);
}

/* ---- following ---- */

static bool makes_units(const Manager *m) {
        return !(m->link.hello.flags & INIT_IS_ADJACENT);
}

static int load(Manager *m, const char *name, Unit **ret) {
        _cleanup_(diag_done) Diag diag = { 0 };
        int r = registry_load(m->registry, name, &diag, ret);

        if (r >= 0 && (*ret)->load == LOAD_NOT_FOUND)
                r = registry_add(m->registry, name, &diag, ret);
        diag_print(&diag, 0, "svmanager", stderr);
        return r;
}

static void follow_entry(Manager *m, UnitType type, const MountEntry *e) {
        _cleanup_free_ char *name = NULL;
        Unit *u;
        Service *s;

        /* a path that is too long for a name has no unit */
        if ((type == UNIT_MOUNT && mount_table_is_api(e->where)) ||
            unit_name_from_path(e->where, type, &name) < 0)
                return;
        u = registry_find(m->registry, name);
        if (!u && !makes_units(m))
                return;
        if ((!u || u->load == LOAD_NOT_FOUND) && load(m, name, &u) < 0)
                return;
        s = service_of(m, u);
        /* one that is on its way is judged when it is there */
        if (s && (s->state == SUB_DEAD || s->state == SUB_FAILED))
                service_event(s, EVENT_FOUND);
}

static void follow_units(Manager *m, UnitType type) {
        REGISTRY_FOREACH(u, m->registry) {
                Service *s = u->type == type ? service_known(u) : NULL;

                if (s && s->state == SUB_EXITED && !service_kind(s)->is_there(s))
                        service_event(s, EVENT_GONE);
        }
}

static void follow_row(Manager *m, size_t row) {
        const MountTable *t = &m->places[row].table;

        for (size_t i = 0; i < t->n; i++)
                follow_entry(m, rows[row].type, &t->items[i]);
        follow_units(m, rows[row].type);
}

void place_follow(Manager *m) {
        for (size_t row = 0; row < PLACES; row++)
                follow_row(m, row);
}

static int on_change(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Manager *m = userdata;
        size_t row = fd == m->places[0].fd ? 0 : 1;

        if (!m->begun)
                return 0;
        m->engine.now = clock_now();
        if (read_row(m, row) >= 0)
                follow_row(m, row);
        return 0;
}

static int watch(Manager *m, size_t row) {
        sd_event_source *source = NULL;
        int r;

        /* /proc/self is a link */
        m->places[row].fd = open(rows[row].file, O_RDONLY | O_CLOEXEC);
        if (m->places[row].fd < 0)
                return -errno;
        r = sd_event_add_io(m->event, &source, m->places[row].fd, EPOLLPRI, on_change, m);
        if (r >= 0)
                r = sd_event_source_set_ratelimit(source, STORM_SPAN, STORM_MANY);
        if (r >= 0)
                r = sd_event_source_set_floating(source, true);
        sd_event_source_unref(source);
        return r;
}

int place_begin(Manager *m) {
        m->places = calloc(PLACES, sizeof(Place));
        if (!m->places)
                return -ENOMEM;
        for (size_t row = 0; row < PLACES; row++) {
                int r = watch(m, row);

                m->places[row].fd = r < 0 ? -EBADF : m->places[row].fd;
                if (r == -ENOENT && rows[row].type == UNIT_SWAP) /* a kernel without swap */
                        continue;
                if (r >= 0)
                        r = read_row(m, row);
                if (r < 0)
                        return r;
        }
        return 0;
}
