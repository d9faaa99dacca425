/*
 * For each service two slots of sd-bus: the match that tells of changes, and, made after it, the
 * question who owns the name now.
 */
#include "supervisor/manager/system-bus.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/clock.h"
#include "base/text.h"

#define ADDRESS "unix:path=/run/dbus/system_bus_socket"
#define DAEMON  "org.freedesktop.DBus"
#define RETRY   CLOCK_SECOND

struct SystemBus {
        sd_bus *link;
        uint64_t again; /* no other try before that */
};

static bool needs_bus(const Service *s) {
        ActiveState active = service_fsm_active((ServiceState)s->state);

        return s->settings_known && s->settings.type == SERVICE_DBUS && s->settings.bus_name &&
               s->state >= SUB_START && unit_state_goes_up(active) && s->state != SUB_AUTO_RESTART;
}

void system_bus_forget(Service *s) {
        s->name_match = sd_bus_slot_unref(s->name_match);
        s->name_query = sd_bus_slot_unref(s->name_query);
}

/* ---- names ---- */

static void take_owner(Service *s, bool owned) {
        s->manager->engine.now = clock_now();
        s->name_lost = !owned && s->state != SUB_START;
        if (owned && s->state == SUB_START)
                service_event(s, EVENT_READY);
        else if (s->name_lost && (s->state == SUB_RUNNING || s->state == SUB_RELOAD_SIGNAL ||
                                  s->state == SUB_RELOAD_NOTIFY)) {
                manager_say(s->unit, "it does not own %s any more", s->settings.bus_name);
                service_event(s, EVENT_ENDED);
        }
}

static int on_change(sd_bus_message *m, void *userdata, sd_bus_error *e) {
        const char *name, *before, *after;
        Service *s = userdata;

        if (sd_bus_message_read(m, "sss", &name, &before, &after) >= 0 &&
            text_eq(name, s->settings.bus_name ? s->settings.bus_name : ""))
                take_owner(s, *after);
        return 0;
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *e) {
        const sd_bus_error *error = sd_bus_message_get_error(m);

        if (!error)
                take_owner(userdata, true);
        else if (sd_bus_error_has_name(error, DAEMON ".Error.NameHasNoOwner"))
                take_owner(userdata, false);
        return 0;
}

/* A name has letters, digits, "_", "-" and dots: it was checked when the unit was read. */
static int ask(SystemBus *b, Service *s) {
        char rule[512];
        int n = snprintf(rule, sizeof(rule),
                         "type='signal',sender='" DAEMON "',interface='" DAEMON
                         "',member='NameOwnerChanged',arg0='%s'",
                         s->settings.bus_name);
        int r = n < 0 || (size_t)n >= sizeof(rule) ? -ENAMETOOLONG : 0;

        if (r >= 0)
                r = sd_bus_add_match_async(b->link, &s->name_match, rule, on_change, NULL, s);
        if (r >= 0)
                r = sd_bus_call_method_async(b->link, &s->name_query, DAEMON,
                                             "/org/freedesktop/DBus", DAEMON, "GetNameOwner",
                                             on_owner, s, "s", s->settings.bus_name);
        return r;
}

/* ---- the connection ---- */

static int connect_to(SystemBus *b, Manager *m) {
        const char *address = getenv("DBUS_SYSTEM_BUS_ADDRESS");
        int r = sd_bus_new(&b->link);

        if (r >= 0)
                r = sd_bus_set_address(b->link, text_is_empty(address) ? ADDRESS : address);
        if (r >= 0)
                r = sd_bus_set_bus_client(b->link, true);
        if (r >= 0)
                r = sd_bus_start(b->link);
        return r < 0 ? r : sd_bus_attach_event(b->link, m->event, 0);
}

static void disconnect(SystemBus *b, Manager *m) {
        REGISTRY_FOREACH(u, m->registry)
        if (u->type == UNIT_SERVICE && service_known(u))
                system_bus_forget(service_known(u));
        if (b->link) {
                (void)sd_bus_detach_event(b->link);
                sd_bus_close(b->link);
        }
        b->link = sd_bus_unref(b->link);
        b->again = clock_now() + RETRY;
}

static bool is_up(SystemBus *b, Manager *m) {
        if (b->link && sd_bus_is_open(b->link) <= 0)
                disconnect(b, m);
        if (!b->link && b->again <= clock_now() && connect_to(b, m) < 0)
                disconnect(b, m);
        return b->link;
}

void system_bus_follow(Manager *m) {
        bool needed = false;

        REGISTRY_FOREACH(u, m->registry) {
                Service *s = u->type == UNIT_SERVICE ? service_known(u) : NULL;

                if (s && !needs_bus(s) && s->name_match)
                        system_bus_forget(s);
                if (!s || !needs_bus(s))
                        continue;
                needed = true;
                if (!m->system_bus)
                        m->system_bus = calloc(1, sizeof(SystemBus));
                if (m->system_bus && is_up(m->system_bus, m) && !s->name_match &&
                    ask(m->system_bus, s) < 0) {
                        disconnect(m->system_bus, m);
                        return;
                }
        }
        if (!needed && m->system_bus && m->system_bus->link)
                disconnect(m->system_bus, m);
        if (!needed && m->system_bus)
                m->system_bus->again = 0;
}

uint64_t system_bus_deadline(const Manager *m) {
        const SystemBus *b = m->system_bus;

        return b && !b->link && b->again > 0 ? b->again : CLOCK_FOREVER;
}
