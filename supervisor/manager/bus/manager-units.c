/*
 * Units: lists of them, and their paths.
 */
#include <fnmatch.h>
#include <stdio.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"
#include "supervisor/manager/bus/process.h"

/* What a list is made of; NULL for an empty one, which everything fits. */
typedef struct Filter {
        char **states, **patterns;
} Filter;

static bool fits_state(const Unit *u, const BusFacts *f, char *const *states) {
        return !states || !*states || strv_contains(states, unit_state_load_name(u->load)) ||
               strv_contains(states, unit_state_active_name(u->active)) ||
               strv_contains(states, bus_sub_state(u, f));
}

static bool fits_pattern(const Unit *u, char *const *patterns) {
        if (!patterns || !*patterns)
                return true;
        STRV_FOREACH(p, patterns) {
                if (fnmatch(*p, u->id, FNM_NOESCAPE) == 0)
                        return true;
                STRV_FOREACH(alias, u->aliases)
                        if (fnmatch(*p, *alias, FNM_NOESCAPE) == 0)
                                return true;
        }
        return false;
}

static int append_unit(const BusTarget *t, sd_bus_message *reply) {
        const Unit *u = t->unit;
        _cleanup_free_ char *path = bus_unit_path(u);
        char job[64] = "/";

        if (!path)
                return -ENOMEM;
        if (u->job)
                bus_job_path(u->job, job);
        return sd_bus_message_append(
                reply, "(ssssssouso)", u->id, u->description ? u->description : u->id,
                unit_state_load_name(u->load), unit_state_active_name(u->active),
                bus_sub_state(u, &t->facts), t->facts.following ? t->facts.following : "", path,
                u->job ? u->job->id : 0U, u->job ? job_type_name(u->job->type) : "", job);
}

static int append_units(Bus *b, const Filter *filter, sd_bus_message *reply) {
        int r = sd_bus_message_open_container(reply, 'a', "(ssssssouso)");

        REGISTRY_FOREACH(u, b->setup.engine->registry) {
                BusTarget t;

                if (r < 0)
                        break;
                if (!fits_pattern(u, filter->patterns))
                        continue;
                t = bus_target_of(b, u);
                if (fits_state(u, &t.facts, filter->states))
                        r = append_unit(&t, reply);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int reply_units(Bus *b, const Filter *filter, sd_bus_message *m) {
        sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(m, &reply);

        if (r >= 0)
                r = append_units(b, filter, reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

int bus_manager_list_units(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        return reply_units(t->bus, &(Filter){ 0 }, m);
}

int bus_manager_list_filtered(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_strv_ char **states = NULL;
        int r = sd_bus_message_read_strv(m, &states);

        return r < 0 ? r : reply_units(t->bus, &(Filter){ .states = states }, m);
}

int bus_manager_list_by_patterns(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_strv_ char **states = NULL, **patterns = NULL;
        int r = sd_bus_message_read_strv(m, &states);

        if (r >= 0)
                r = sd_bus_message_read_strv(m, &patterns);
        return r < 0 ? r : reply_units(t->bus, &(Filter){ states, patterns }, m);
}

static int append_named(Bus *b, char *const *names, sd_bus_message *reply, sd_bus_error *e) {
        int r = sd_bus_message_open_container(reply, 'a', "(ssssssouso)");

        STRV_FOREACH(name, names) {
                Unit *u;
                BusTarget t;

                if (r >= 0)
                        r = bus_load_unit(b, *name, e, &u);
                if (r < 0)
                        return r;
                t = bus_target_of(b, u);
                r = append_unit(&t, reply);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int bus_manager_list_by_names(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_strv_ char **names = NULL;
        sd_bus_message *reply = NULL;
        int r = sd_bus_message_read_strv(m, &names);

        if (r >= 0)
                r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = append_named(t->bus, names, reply, e);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static int reply_path(const Unit *u, sd_bus_message *m) {
        _cleanup_free_ char *path = bus_unit_path(u);

        return path ? sd_bus_reply_method_return(m, "o", path) : -ENOMEM;
}

int bus_manager_get_unit(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        Unit *u;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_find_unit(t->bus, name, e, &u);
        return r < 0 ? r : reply_path(u, m);
}

int bus_manager_load_unit(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        Unit *u;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_load_unit(t->bus, name, e, &u);
        return r < 0 ? r : reply_path(u, m);
}

int bus_manager_get_unit_by_pid(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const BusOps *ops = t->bus->setup.ops;
        uint32_t pid;
        Unit *u = NULL;
        int r = sd_bus_message_read(m, "u", &pid);

        if (r < 0)
                return r;
        if (ops->unit_of_pid && pid > 0 && pid <= INT32_MAX)
                u = ops->unit_of_pid((pid_t)pid, t->bus->setup.userdata);
        return u ? reply_path(u, m)
                 : sd_bus_error_setf(e, BUS_NAME ".NoUnitForPID",
                                     "PID %u does not belong to any loaded unit.", pid);
}

/* ---- processes ---- */

typedef struct Found {
        sd_bus_message *reply;
        int error;
} Found;

static void append_process(pid_t pid, const char *group, void *userdata) {
        Found *f = userdata;
        _cleanup_free_ char *command = NULL;

        if (f->error < 0)
                return;
        command = process_command(pid);
        f->error = sd_bus_message_append(f->reply, "(sus)", group, (uint32_t)pid,
                                         command ? command : "");
}

int bus_reply_processes(Bus *b, Unit *u, sd_bus_message *m) {
        Found found = { 0 };
        int r = sd_bus_message_new_method_return(m, &found.reply);

        if (r >= 0)
                r = sd_bus_message_open_container(found.reply, 'a', "(sus)");
        if (r >= 0 && b->setup.ops->processes)
                b->setup.ops->processes(u, append_process, &found, b->setup.userdata);
        r = r < 0 ? r : found.error;
        if (r >= 0)
                r = sd_bus_message_close_container(found.reply);
        if (r >= 0)
                r = sd_bus_send(NULL, found.reply, NULL);
        sd_bus_message_unref(found.reply);
        return r;
}

int bus_manager_get_processes(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        Unit *u;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_find_unit(t->bus, name, e, &u);
        return r < 0 ? r : bus_reply_processes(t->bus, u, m);
}
