/*
 * The tables as XML. Names in them are ours and need no escaping; those of units are in paths,
 * where they are escaped already.
 */
#include "supervisor/manager/bus/introspect.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "supervisor/manager/bus/setting.h"

static void add_arguments(StrBuf *to, const char *signature, const char *direction) {
        while (*signature) {
                size_t n = 0;
                int depth = 0;

                while (signature[n] == 'a')
                        n++;
                do {
                        depth += signature[n] == '(' || signature[n] == '{';
                        depth -= signature[n] == ')' || signature[n] == '}';
                        n++;
                } while (depth > 0);
                strbuf_addf(to, "   <arg type=\"%.*s\"%s/>\n", (int)n, signature, direction);
                signature += n;
        }
}

static void add_property(StrBuf *to, const char *name, const char *signature, bool announced) {
        strbuf_addf(to, "  <property name=\"%s\" type=\"%s\" access=\"read\">\n", name, signature);
        if (!announced)
                strbuf_add(to, "   <annotation "
                               "name=\"org.freedesktop.DBus.Property.EmitsChangedSignal\" "
                               "value=\"false\"/>\n");
        strbuf_add(to, "  </property>\n");
}

static void add_settings(StrBuf *to, const BusTarget *t, const BusInterface *i) {
        DIRECTIVE_FOREACH(d) {
                char name[SETTING_NAME_MAX];

                if (bus_setting_is_property(t, i, d))
                        add_property(to, setting_name(d, name), setting_signature(d), false);
        }
}

static void add_interface(StrBuf *to, const BusTarget *t, const BusInterface *i) {
        strbuf_addf(to, " <interface name=\"%s\">\n", i->name);
        for (size_t k = 0; k < i->n_methods; k++) {
                strbuf_addf(to, "  <method name=\"%s\">\n", i->methods[k].name);
                add_arguments(to, i->methods[k].in, " direction=\"in\"");
                add_arguments(to, i->methods[k].out, " direction=\"out\"");
                strbuf_add(to, "  </method>\n");
        }
        for (size_t k = 0; k < i->n_signals; k++) {
                strbuf_addf(to, "  <signal name=\"%s\">\n", i->signals[k].name);
                add_arguments(to, i->signals[k].out, "");
                strbuf_add(to, "  </signal>\n");
        }
        for (size_t k = 0; k < i->n_properties; k++)
                if (bus_property_fits(t, &i->properties[k]))
                        add_property(to, i->properties[k].name, i->properties[k].signature,
                                     i->properties[k].announce);
        add_settings(to, t, i);
        strbuf_add(to, " </interface>\n");
}

static const char standard[] = " <interface name=\"org.freedesktop.DBus.Introspectable\">\n"
                               "  <method name=\"Introspect\">\n"
                               "   <arg type=\"s\" direction=\"out\"/>\n"
                               "  </method>\n"
                               " </interface>\n"
                               " <interface name=\"org.freedesktop.DBus.Properties\">\n"
                               "  <method name=\"Get\">\n"
                               "   <arg type=\"s\" direction=\"in\"/>\n"
                               "   <arg type=\"s\" direction=\"in\"/>\n"
                               "   <arg type=\"v\" direction=\"out\"/>\n"
                               "  </method>\n"
                               "  <method name=\"GetAll\">\n"
                               "   <arg type=\"s\" direction=\"in\"/>\n"
                               "   <arg type=\"a{sv}\" direction=\"out\"/>\n"
                               "  </method>\n"
                               "  <signal name=\"PropertiesChanged\">\n"
                               "   <arg type=\"s\"/>\n"
                               "   <arg type=\"a{sv}\"/>\n"
                               "   <arg type=\"as\"/>\n"
                               "  </signal>\n"
                               " </interface>\n";

static void add_units(StrBuf *to, const Bus *b) {
        REGISTRY_FOREACH(u, b->setup.engine->registry) {
                _cleanup_free_ char *path = bus_unit_path(u);

                if (path)
                        strbuf_addf(to, " <node name=\"%s\"/>\n", path + sizeof(BUS_UNIT));
        }
}

static void add_jobs(StrBuf *to, const Bus *b) {
        for (const Job *j = b->setup.engine->jobs; j; j = j->next)
                strbuf_addf(to, " <node name=\"%u\"/>\n", j->id);
}

/* What lies below a path that may be no object itself. */
static bool add_nodes(StrBuf *to, const Bus *b, const char *path) {
        if (text_eq(path, "/"))
                strbuf_add(to, " <node name=\"org/freedesktop/systemd1\"/>\n");
        else if (text_eq(path, BUS_ROOT))
                strbuf_add(to, " <node name=\"unit\"/>\n <node name=\"job\"/>\n");
        else if (text_eq(path, BUS_UNIT))
                add_units(to, b);
        else if (text_eq(path, BUS_JOB))
                add_jobs(to, b);
        else
                return false;
        return true;
}

static int add_object(StrBuf *to, Bus *b, const char *path, sd_bus_error *e) {
        BusInterface all[2];
        BusTarget t = { 0 };
        int r = bus_object(b, path, e, &t);
        int n = r <= 0 ? 0 : bus_interfaces(&t, all);

        if (n > 0)
                strbuf_add(to, standard);
        for (int i = 0; i < n; i++)
                add_interface(to, &t, &all[i]);
        return r;
}

int introspect_reply(Bus *b, const char *path, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_(strbuf_done) StrBuf text = { 0 };
        int r;

        strbuf_add(&text, "<!DOCTYPE node PUBLIC "
                          "\"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"
                          "\"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n"
                          "<node>\n");
        r = add_object(&text, b, path, e);
        if (r < 0 || (!add_nodes(&text, b, path) && r == 0))
                return r;
        strbuf_add(&text, "</node>\n");
        if (text.error < 0)
                return text.error;
        r = sd_bus_reply_method_return(m, "s", text.text);
        return r < 0 ? r : 1;
}
