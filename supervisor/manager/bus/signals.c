/*
 * What clients are told unasked. Jobs are told of as they come and go; units once an event, with
 * all that changed meanwhile.
 */
#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"

static void manager_signal(Bus *b, const char *name,
                           int (*append)(sd_bus_message *m, const void *data), const void *data) {
        bus_broadcast(b, &(BusSignal){ .path = BUS_ROOT,
                                       .interface = BUS_MANAGER,
                                       .name = name,
                                       .append = append,
                                       .data = data });
}

/* ---- jobs ---- */

static int append_job(sd_bus_message *m, const void *data) {
        const Job *j = data;
        char path[64];

        bus_job_path(j, path);
        return sd_bus_message_append(m, "uos", j->id, path, j->unit->id);
}

static int append_job_result(sd_bus_message *m, const void *data) {
        const Job *j = data;
        int r = append_job(m, j);

        return r < 0 ? r : sd_bus_message_append(m, "s", job_type_result_name(j->result));
}

void bus_job_new(Bus *b, const Job *j) {
        if (!b)
                return;
        manager_signal(b, "JobNew", append_job, j);
        bus_unit_changed(b, j->unit);
}

void bus_job_changed(Bus *b, const Job *j) {
        bus_unit_changed(b, j->unit);
}

void bus_job_removed(Bus *b, const Job *j) {
        if (!b)
                return;
        manager_signal(b, "JobRemoved", append_job_result, j);
        bus_unit_changed(b, j->unit);
}

/* ---- units ---- */

static int append_unit(sd_bus_message *m, const void *data) {
        const Unit *u = data;
        _cleanup_free_ char *path = bus_unit_path(u);

        return path ? sd_bus_message_append(m, "so", u->id, path) : -ENOMEM;
}

typedef struct Change {
        const BusTarget *target;
        const BusInterface *interface;
} Change;

static int append_change(sd_bus_message *m, const void *data) {
        const Change *c = data;
        int r = sd_bus_message_append(m, "s", c->interface->name);

        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = bus_append_properties(c->target, c->interface, true, m);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : sd_bus_message_append(m, "as", 0);
}

static void tell_changes(Bus *b, Unit *u) {
        _cleanup_free_ char *path = bus_unit_path(u);
        BusTarget t = bus_target_of(b, u);
        BusInterface all[2];
        int n = bus_interfaces(&t, all);

        for (int i = 0; path && i < n; i++)
                bus_broadcast(b, &(BusSignal){ .path = path,
                                               .interface = "org.freedesktop.DBus.Properties",
                                               .name = "PropertiesChanged",
                                               .append = append_change,
                                               .data = &(Change){ &t, &all[i] } });
}

void bus_unit_changed(Bus *b, Unit *u) {
        if (!b)
                return;
        u->changed = true;
        b->changed = true;
}

void bus_unit_forget(Bus *b, const Unit *u) {
        if (!b)
                return;
        if (b->config_of == u)
                b->config_of = NULL;
        if (u->announced)
                manager_signal(b, "UnitRemoved", append_unit, u);
}

void bus_signal_units(Bus *b) {
        Registry *r = b->setup.engine->registry;

        /* new ones are first in the list */
        for (Unit *u = registry_first(r); u && !u->announced; u = u->next) {
                u->announced = true;
                manager_signal(b, "UnitNew", append_unit, u);
        }
        if (!b->changed)
                return;
        b->changed = false;
        REGISTRY_FOREACH(u, r) {
                if (u->changed && b->n_clients > 0)
                        tell_changes(b, u);
                u->changed = false;
        }
}

/* ---- the system ---- */

static int append_boolean(sd_bus_message *m, const void *data) {
        return sd_bus_message_append(m, "b", (int)*(const bool *)data);
}

void bus_signal_reloading(Bus *b, bool active) {
        manager_signal(b, "Reloading", append_boolean, &active);
}

void bus_signal_files(Bus *b) {
        manager_signal(b, "UnitFilesChanged", NULL, NULL);
}
