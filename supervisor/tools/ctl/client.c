/*
 * The connection, and the shape of values.
 */
#include "supervisor/tools/ctl/client.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "supervisor/tools/ctl/ctl.h"
#include "units/unit-name.h"

/* The manager beside another process 1, then the one that is it. */
static const char *const addresses[] = { "unix:path=/run/svalinn/private",
                                         "unix:path=/run/systemd/private" };

static int try_open(const char *address, sd_bus **ret) {
        _cleanup_bus_ sd_bus *bus = NULL;
        int r = sd_bus_new(&bus);

        if (r >= 0)
                r = sd_bus_set_address(bus, address);
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r >= 0)
                *ret = TAKE_PTR(bus);
        return r;
}

int client_try_open(sd_bus **ret) {
        int r = -ENOENT;

        for (size_t i = 0; i < ARRAY_SIZE(addresses) && r < 0; i++)
                r = try_open(addresses[i], ret);
        return MIN_OF(r, 0);
}

int client_open(sd_bus **ret) {
        int r = client_try_open(ret);

        if (r >= 0)
                return 0;
        if (r == -EACCES || r == -EPERM)
                ctl_complain("the manager talks to root only, and to a group that "
                             "/etc/svalinn/manager.conf may name");
        else
                ctl_complain("the manager cannot be reached: %s", strerror(-r));
        return 1;
}

int client_status_of(const sd_bus_error *e) {
        static const struct {
                const char *name;
                int status;
        } rows[] = {
                { CLIENT_NAME ".NoSuchUnit", 5 },  { CLIENT_NAME ".JobTypeNotApplicable", 3 },
                { SD_BUS_ERROR_NOT_SUPPORTED, 3 }, { CLIENT_NAME ".LoadFailed", 6 },
                { SD_BUS_ERROR_ACCESS_DENIED, 4 }, { CLIENT_NAME ".OnlyByDependency", 4 },
                { CLIENT_NAME ".NoIsolation", 4 }, { CLIENT_NAME ".TransactionIsDestructive", 4 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                if (sd_bus_error_has_name(e, rows[i].name))
                        return rows[i].status;
        return 1;
}

int client_send(sd_bus *bus, sd_bus_message *m, const char *to_do, sd_bus_message **ret) {
        _cleanup_(sd_bus_error_free) sd_bus_error e = SD_BUS_ERROR_NULL;
        int r = sd_bus_call(bus, m, 0, &e, ret);

        if (r >= 0)
                return 0;
        ctl_complain("cannot %s: %s", to_do, e.message ? e.message : strerror(-r));
        return client_status_of(&e);
}

int client_call(sd_bus *bus, const ClientCall *call, sd_bus_message **ret, const char *types, ...) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
        va_list ap;
        int r = sd_bus_message_new_method_call(bus, &m, CLIENT_NAME, CLIENT_ROOT, CLIENT_MANAGER,
                                               call->method);

        va_start(ap, types);
        if (r >= 0)
                r = sd_bus_message_appendv(m, types, ap);
        va_end(ap);
        if (r < 0) {
                ctl_complain("cannot %s: %s", call->to_do, strerror(-r));
                return 1;
        }
        return client_send(bus, m, call->to_do, ret);
}

/* ---- values ---- */

static int read_value(sd_bus_message *m, json_object **ret);

static int read_entry(sd_bus_message *m, json_object *to) {
        json_object *value = NULL;
        const char *key;
        int r = sd_bus_message_read(m, "s", &key);

        if (r >= 0)
                r = read_value(m, &value);
        if (r >= 0)
                json_object_object_add(to, key, value);
        return r;
}

/* Dictionaries with text for keys become objects. */
static int read_container(sd_bus_message *m, char type, const char *contents, json_object **ret) {
        bool is_object = type == 'a' && contents[0] == '{';
        json_object *list = is_object ? json_object_new_object() : json_object_new_array();
        int r = list ? sd_bus_message_enter_container(m, type, contents) : -ENOMEM;

        while (r >= 0 && (r = sd_bus_message_at_end(m, false)) == 0) {
                json_object *value = NULL;

                if (is_object) {
                        r = sd_bus_message_enter_container(m, 'e', NULL);
                        r = r < 0 ? r : read_entry(m, list);
                        r = r < 0 ? r : sd_bus_message_exit_container(m);
                        continue;
                }
                r = read_value(m, &value);
                if (r >= 0)
                        r = json_object_array_add(list, value) < 0 ? -ENOMEM : 0;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r < 0)
                json_object_put(list);
        else
                *ret = list;
        return r;
}

static json_object *basic_value(char type, const void *data) {
        switch (type) {
        case 'b':
                return json_object_new_boolean(*(const int *)data);
        case 'y':
                return json_object_new_int(*(const uint8_t *)data);
        case 'n':
                return json_object_new_int(*(const int16_t *)data);
        case 'q':
                return json_object_new_int(*(const uint16_t *)data);
        case 'i':
                return json_object_new_int(*(const int32_t *)data);
        case 'u':
                return json_object_new_int64(*(const uint32_t *)data);
        case 'x':
                return json_object_new_int64(*(const int64_t *)data);
        case 't':
                return json_object_new_uint64(*(const uint64_t *)data);
        case 'd':
                return json_object_new_double(*(const double *)data);
        case 's':
        case 'o':
        case 'g':
                return json_object_new_string(*(const char *const *)data);
        default:
                return NULL;
        }
}

static int read_value(sd_bus_message *m, json_object **ret) {
        const char *contents;
        char type;
        int r = sd_bus_message_peek_type(m, &type, &contents);

        if (r <= 0)
                return r < 0 ? r : -EBADMSG;
        if (type == 'v') {
                r = sd_bus_message_enter_container(m, 'v', contents);
                if (r >= 0)
                        r = read_value(m, ret);
                return r < 0 ? r : sd_bus_message_exit_container(m);
        }
        if (type == 'a' || type == 'r')
                return read_container(m, type, contents, ret);
        union {
                uint64_t number;
                double real;
                const char *text;
        } data = { 0 };
        r = sd_bus_message_read_basic(m, type, &data);
        if (r < 0)
                return r;
        *ret = basic_value(type, &data);
        return *ret ? 0 : -EBADMSG;
}

int client_read(sd_bus_message *m, json_object **ret) {
        int r = read_value(m, ret);

        if (r >= 0)
                return 0;
        ctl_complain("the manager's answer makes no sense: %s", strerror(-r));
        return 1;
}

char *client_unit_path(const char *name) {
        char *path;

        return sd_bus_path_encode(CLIENT_ROOT "/unit", name, &path) < 0 ? NULL : path;
}

int client_get_all(sd_bus *bus, const char *path, sd_bus_message **ret) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(bus, &m, CLIENT_NAME, path,
                                               "org.freedesktop.DBus.Properties", "GetAll");

        if (r >= 0)
                r = sd_bus_message_append(m, "s", "");
        if (r >= 0)
                return client_send(bus, m, "read properties", ret);
        ctl_complain("cannot ask: %s", strerror(-r));
        return 1;
}

int client_properties(sd_bus *bus, const char *name, json_object **ret) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        _cleanup_free_ char *path = name ? client_unit_path(name) : strdup(CLIENT_ROOT);
        int status = path ? client_get_all(bus, path, &reply) : 1;

        return status ? status : client_read(reply, ret);
}

int client_units(sd_bus *bus, const ClientFilter *f, json_object **ret) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL, *reply = NULL;
        char *none[] = { NULL };
        int r = sd_bus_message_new_method_call(bus, &m, CLIENT_NAME, CLIENT_ROOT, CLIENT_MANAGER,
                                               "ListUnitsByPatterns");

        if (r >= 0)
                r = sd_bus_message_append_strv(m, f->states ? (char **)f->states : none);
        if (r >= 0)
                r = sd_bus_message_append_strv(m, f->patterns ? (char **)f->patterns : none);
        if (r < 0) {
                ctl_complain("cannot ask: %s", strerror(-r));
                return 1;
        }
        r = client_send(bus, m, "list units", &reply);
        return r ? r : client_read(reply, ret);
}

int client_wait(sd_bus *bus, uint64_t usec) {
        int r = sd_bus_process(bus, NULL);

        return r == 0 ? sd_bus_wait(bus, usec) : r;
}

char *client_unit_name(const char *text) {
        char *name = NULL;

        if (unit_name_complete(text, UNIT_SERVICE, &name) < 0) {
                ctl_complain("\"%s\" is no name of a unit; write for example \"nginx\" or "
                             "\"nginx.service\"",
                             text);
                return NULL;
        }
        return name;
}

const char *client_text(json_object *o, const char *key) {
        json_object *value;

        return json_object_object_get_ex(o, key, &value) &&
                               json_object_is_type(value, json_type_string)
                       ? json_object_get_string(value)
                       : "";
}

uint64_t client_number(json_object *o, const char *key) {
        json_object *value;

        return json_object_object_get_ex(o, key, &value) &&
                               json_object_is_type(value, json_type_int)
                       ? json_object_get_uint64(value)
                       : 0;
}

const char *client_plain(json_object *value) {
        const char *text = json_object_get_string(value);

        if (text && text_has_control(text)) {
                _cleanup_free_ char *masked = strdup(text);

                if (!masked || json_object_set_string(value, text_mask_control(masked)) == 0)
                        return "?";
                text = json_object_get_string(value);
        }
        return text ? text : "";
}

const char *client_plain_text(json_object *o, const char *key) {
        json_object *value;

        return json_object_object_get_ex(o, key, &value) ? client_plain(value) : "";
}
