/*
 * Objects and their paths. A unit's path holds its name, escaped; a client makes it itself and need
 * not have asked for the unit before, so a unit is loaded when its object is looked at.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "supervisor/manager/bus/reader.h"

char *bus_unit_path(const Unit *u) {
        char *path = NULL;

        return sd_bus_path_encode(BUS_UNIT, u->id, &path) < 0 ? NULL : path;
}

void bus_job_path(const Job *j, char ret[static 64]) {
        snprintf(ret, 64, BUS_JOB "/%u", j->id);
}

BusTarget bus_target_of(Bus *b, Unit *u) {
        BusTarget t = { .bus = b, .unit = u };

        t.facts = (BusFacts){ .usage = USAGE_UNKNOWN };
        if (u && b->setup.ops->describe)
                b->setup.ops->describe(u, &t.facts, b->setup.userdata);
        return t;
}

static int check_name(const char *name, sd_bus_error *e) {
        int kind = unit_name_kind(name);

        if (kind == UNIT_NAME_TEMPLATE)
                return sd_bus_error_setf(e, SD_BUS_ERROR_INVALID_ARGS,
                                         "%s is a template; say which instance of it", name);
        if (kind < 0)
                return sd_bus_error_set(e, SD_BUS_ERROR_INVALID_ARGS, "that is no name of a unit");
        return 0;
}

int bus_find_unit(Bus *b, const char *name, sd_bus_error *e, Unit **ret) {
        int r = check_name(name, e);

        if (r < 0)
                return r;
        *ret = registry_find(b->setup.engine->registry, name);
        if (!*ret)
                return sd_bus_error_setf(e, BUS_NAME ".NoSuchUnit", "Unit %s not loaded.", name);
        return 0;
}

int bus_load_unit(Bus *b, const char *name, sd_bus_error *e, Unit **ret) {
        size_t before = registry_size(b->setup.engine->registry);
        int r = check_name(name, e);

        if (r >= 0)
                r = reader_may_load(b, name, e);
        if (r < 0)
                return r;
        /* what is wrong with its files is in its story, and the registry has told of it */
        r = registry_load(b->setup.engine->registry, name, NULL, ret);
        reader_has_loaded(b, before);
        if (r >= 0 && b->setup.ops->loaded)
                b->setup.ops->loaded(b->setup.userdata);
        return r;
}

static int find_job(Bus *b, const char *text, sd_bus_error *e, BusTarget *ret) {
        uint32_t id;

        *ret = (BusTarget){ .bus = b };
        if (number_parse_u32(text, 10, &id) >= 0)
                ret->job = engine_find_job(b->setup.engine, id);
        return ret->job ? 1 : sd_bus_error_setf(e, BUS_NAME ".NoSuchJob", "There is no such job.");
}

static bool peer_of(sd_bus_message *m, struct ucred *ret) {
        int fd = sd_bus_get_fd(sd_bus_message_get_bus(m));
        socklen_t size = sizeof(*ret);

        return fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, ret, &size) == 0;
}

const char *bus_sender(sd_bus_message *m, char room[static BUS_SENDER_MAX]) {
        char path[64], name[32] = "";
        struct ucred peer;

        if (!peer_of(m, &peer))
                return "a client";
        snprintf(path, sizeof(path), "/proc/%d/comm", (int)peer.pid);
        if (file_read_start_at(AT_FDCWD, path, name, sizeof(name)) < 0)
                name[0] = '\0';
        snprintf(room, BUS_SENDER_MAX, "%s (process %d)",
                 *text_strip(name) ? text_mask_control(text_strip(name)) : "a client",
                 (int)peer.pid);
        return room;
}

void bus_log(const Bus *b, const Unit *u, const Diag *diag) {
        const Engine *e = b->setup.engine;

        if (diag->n > 0 && e->hooks->said)
                e->hooks->said(u, diag, e->userdata);
}

int bus_own_object(Bus *b, sd_bus_message *m, sd_bus_error *e, BusTarget *ret) {
        struct ucred peer;
        Unit *u = NULL;

        if (b->setup.ops->unit_of_pid && peer_of(m, &peer))
                u = b->setup.ops->unit_of_pid(peer.pid, b->setup.userdata);
        if (!u)
                return sd_bus_error_set(e, BUS_NAME ".NoUnitForPID", "You are in no unit.");
        *ret = bus_target_of(b, u);
        return 1;
}

int bus_object(Bus *b, const char *path, sd_bus_error *e, BusTarget *ret) {
        _cleanup_free_ char *name = NULL;
        Unit *u = NULL;
        int r;

        *ret = (BusTarget){ .bus = b, .daemon = text_eq(path, "/org/freedesktop/DBus") };
        if (ret->daemon || text_eq(path, BUS_ROOT))
                return 1;
        if (text_after(path, BUS_JOB "/"))
                return find_job(b, text_after(path, BUS_JOB "/"), e, ret);
        r = sd_bus_path_decode(path, BUS_UNIT, &name);
        if (r <= 0)
                return r;
        r = bus_load_unit(b, name, e, &u);
        if (r < 0)
                return r;
        *ret = bus_target_of(b, u);
        return 1;
}
