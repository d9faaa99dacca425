/*
 * A call finds its object by path, its interface by name, its method in the interface's table. The
 * interfaces org.freedesktop.DBus.Properties and Introspectable, which every object has, are made
 * here out of the same tables.
 */
#include <string.h>

#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"
#include "supervisor/manager/bus/introspect.h"
#include "supervisor/manager/bus/setting.h"

#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define INTROSPECTABLE "org.freedesktop.DBus.Introspectable"

int bus_interfaces(const BusTarget *t, BusInterface ret[static 2]) {
        if (t->unit) {
                ret[0] = bus_unit_interface;
                ret[1] = bus_type_interface(t->unit->type);
                return 2;
        }
        ret[0] = t->job      ? bus_job_interface
                 : t->daemon ? bus_daemon_interface
                             : bus_manager_interface;
        return 1;
}

/* ---- properties ---- */

bool bus_property_fits(const BusTarget *t, const BusProperty *p) {
        return p->of == 0 || (t->unit && (p->of & (1U << t->unit->type)));
}

static const BusProperty *find_property(const BusTarget *t, const BusInterface *i,
                                        const char *name) {
        for (size_t k = 0; k < i->n_properties; k++)
                if (text_eq(i->properties[k].name, name) && bus_property_fits(t, &i->properties[k]))
                        return &i->properties[k];
        return NULL;
}

/* What is a state and a setting is told as it is, not as it was written. */
bool bus_setting_is_property(const BusTarget *t, const BusInterface *i, const Directive *d) {
        char name[SETTING_NAME_MAX];

        return (d->sections & i->sections) && setting_is_property(d) &&
               !find_property(t, i, setting_name(d, name));
}

static int append_variant(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        int r = sd_bus_message_open_container(m, 'v', p->signature);

        if (r >= 0)
                r = p->append(t, p, m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_one(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        int r = sd_bus_message_open_container(m, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(m, "s", p->name);
        if (r >= 0)
                r = append_variant(t, p, m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int bus_append_properties(const BusTarget *t, const BusInterface *i, bool announced,
                          sd_bus_message *m) {
        int r = 0;

        for (size_t k = 0; k < i->n_properties && r >= 0; k++) {
                const BusProperty *p = &i->properties[k];

                if (bus_property_fits(t, p) && (p->announce || !announced))
                        r = append_one(t, p, m);
        }
        if (r < 0 || announced || i->sections == 0)
                return r;
        DIRECTIVE_FOREACH(d) {
                if (bus_setting_is_property(t, i, d))
                        r = setting_append(t, d, m);
                if (r < 0)
                        break;
        }
        return r;
}

static int get_all(const BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        BusInterface all[2];
        sd_bus_message *reply = NULL;
        bool known = false;
        const char *name;
        int n = bus_interfaces(t, all), r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "{sv}");
        for (int i = 0; i < n && r >= 0; i++)
                if (text_is_empty(name) || text_eq(name, all[i].name)) {
                        known = true;
                        r = bus_append_properties(t, &all[i], false, reply);
                }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0 && !known && !text_is_empty(name))
                r = sd_bus_error_setf(e, SD_BUS_ERROR_UNKNOWN_INTERFACE, "Unknown interface %s.",
                                      name);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

/* Appends NAME of I as a variant: 1, or 0: there is no such property. */
static int get_from(const BusTarget *t, const BusInterface *i, const char *name,
                    sd_bus_message *reply) {
        const BusProperty *p = find_property(t, i, name);
        int r;

        if (!p)
                return setting_append_named(t, i->sections, name, reply);
        r = append_variant(t, p, reply);
        return r < 0 ? r : 1;
}

static int get(const BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        BusInterface all[2];
        sd_bus_message *reply = NULL;
        const char *interface, *name;
        int n = bus_interfaces(t, all), r = sd_bus_message_read(m, "ss", &interface, &name);
        int found = 0;

        if (r >= 0)
                r = sd_bus_message_new_method_return(m, &reply);
        for (int i = 0; i < n && r >= 0 && !found; i++)
                if (text_is_empty(interface) || text_eq(interface, all[i].name))
                        r = found = get_from(t, &all[i], name, reply);
        if (r >= 0 && !found)
                r = sd_bus_error_setf(e, SD_BUS_ERROR_UNKNOWN_PROPERTY,
                                      "Unknown interface %s or property %s.", interface, name);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

static int properties(const BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *member = sd_bus_message_get_member(m);

        if (text_eq(member, "GetAll") && sd_bus_message_has_signature(m, "s") > 0)
                return get_all(t, m, e);
        if (text_eq(member, "Get") && sd_bus_message_has_signature(m, "ss") > 0)
                return get(t, m, e);
        if (text_eq(member, "Set"))
                return sd_bus_error_set(e, SD_BUS_ERROR_PROPERTY_READ_ONLY,
                                        "no property can be written; use SetUnitProperties()");
        return 0;
}

/* ---- methods ---- */

static int run_method(BusTarget *t, const BusInterface *i, sd_bus_message *m, sd_bus_error *e) {
        for (size_t k = 0; k < i->n_methods; k++) {
                const BusMethod *method = &i->methods[k];

                if (!text_eq(method->name, sd_bus_message_get_member(m)))
                        continue;
                if (t->bus->readers.calling && !method->reads)
                        return sd_bus_error_setf(e, SD_BUS_ERROR_ACCESS_DENIED,
                                                 "%s() is for root only", method->name);
                if (sd_bus_message_has_signature(m, method->in) <= 0)
                        return sd_bus_error_setf(e, SD_BUS_ERROR_INVALID_ARGS,
                                                 "%s wants arguments of the signature \"%s\"",
                                                 method->name, method->in);
                return method->run(t, m, e);
        }
        return 0;
}

static int call(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *interface = sd_bus_message_get_interface(m);
        BusInterface all[2];
        int n = bus_interfaces(t, all), r = 0;

        if (interface && text_eq(interface, PROPERTIES))
                return properties(t, m, e);
        for (int i = 0; i < n && r == 0; i++)
                if (!interface || text_eq(interface, all[i].name))
                        r = run_method(t, &all[i], m, e);
        return r;
}

int bus_dispatch(Bus *b, sd_bus_message *m, sd_bus_error *e) {
        const char *path = sd_bus_message_get_path(m);
        BusTarget t = { .bus = b };
        int r;

        if (sd_bus_message_is_method_call(m, INTROSPECTABLE, "Introspect") > 0)
                return introspect_reply(b, path, m, e);
        r = text_eq(path, BUS_UNIT "/self") ? bus_own_object(b, m, e, &t)
                                            : bus_object(b, path, e, &t);
        return r <= 0 ? r : call(&t, m, e);
}
