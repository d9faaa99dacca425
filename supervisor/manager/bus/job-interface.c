/*
 * The interface org.freedesktop.systemd1.Job.
 */
#include "supervisor/manager/bus/bus-inside.h"
#include "supervisor/manager/job-queue.h"

static int tell_id(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "u", t->job->id);
}

static int tell_unit(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        _cleanup_free_ char *path = bus_unit_path(t->job->unit);

        return path ? sd_bus_message_append(m, "(so)", t->job->unit->id, path) : -ENOMEM;
}

static int tell_type(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", job_type_name(t->job->type));
}

static int tell_state(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", job_state_name(t->job->state));
}

static const BusProperty properties[] = {
        { "Id", "u", tell_id, 0, false, 0 },
        { "Unit", "(so)", tell_unit, 0, false, 0 },
        { "JobType", "s", tell_type, 0, false, 0 },
        { "State", "s", tell_state, 0, true, 0 },
};

static int run_cancel(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        job_queue_cancel(t->bus->setup.engine, t->job);
        return sd_bus_reply_method_return(m, NULL);
}

static const BusMethod methods[] = {
        { "Cancel", "", "", run_cancel },
};

const BusInterface bus_job_interface = {
        .name = BUS_NAME ".Job",
        .methods = methods,
        .n_methods = ARRAY_SIZE(methods),
        .properties = properties,
        .n_properties = ARRAY_SIZE(properties),
};
