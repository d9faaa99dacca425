/*
 * "svctl set-property", and the variables that all services get. Values travel as the text that
 * would stand in a unit file; the manager knows what they mean.
 */
#include <stdio.h>
#include <string.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/client.h"
#include "supervisor/tools/ctl/ctl.h"

static int begin(sd_bus *bus, const char *method, sd_bus_message **ret) {
        return sd_bus_message_new_method_call(bus, ret, CLIENT_NAME, CLIENT_ROOT, CLIENT_MANAGER,
                                              method);
}

static int finish(sd_bus *bus, sd_bus_message *m, int r, const char *to_do) {
        if (r >= 0)
                return client_send(bus, m, to_do, NULL);
        ctl_complain("cannot %s: %s", to_do, strerror(-r));
        return 1;
}

/* ---- properties ---- */

static int append_property(sd_bus_message *m, const char *assignment) {
        const char *equals = strchr(assignment, '=');
        _cleanup_free_ char *name = strndup(assignment, (size_t)(equals - assignment));

        return name ? sd_bus_message_append(m, "(sv)", name, "s", equals + 1) : -ENOMEM;
}

int ctl_set_property(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
        _cleanup_free_ char *name = client_unit_name(argv[1]);
        _cleanup_bus_ sd_bus *bus = NULL;
        int r, status = name ? 0 : 2;

        for (int i = 2; i < argc && status == 0; i++)
                if (!strchr(argv[i], '=') || argv[i][0] == '=') {
                        ctl_complain("\"%s\" sets nothing; write NAME=VALUE", argv[i]);
                        status = 2;
                }
        if (status == 0)
                status = client_open(&bus);
        if (status)
                return status;
        r = begin(bus, "SetUnitProperties", &m);
        if (r >= 0)
                r = sd_bus_message_append(m, "sb", name, (int)settings->runtime);
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "(sv)");
        for (int i = 2; i < argc && r >= 0; i++)
                r = append_property(m, argv[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return finish(bus, m, r, "set the property");
}

/* ---- variables ---- */

int ctl_show_environment(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_json_ json_object *manager = NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        json_object *list;
        int status = client_open(&bus);

        if (status == 0)
                status = client_properties(bus, NULL, &manager);
        if (status || !json_object_object_get_ex(manager, "Environment", &list))
                return status;
        if (settings->json)
                puts(json_object_to_json_string_ext(list, JSON_C_TO_STRING_NOSLASHESCAPE));
        for (size_t i = 0; !settings->json && i < json_object_array_length(list); i++)
                puts(client_plain(json_object_array_get_idx(list, i)));
        return 0;
}

/* This process's variables of these names; all for none. */
static int collect(char *names[], char ***ret) {
        STRV_FOREACH(name, names)
                if (!getenv(*name)) {
                        ctl_complain("there is no variable \"%s\"", *name);
                        return 2;
                }
        STRV_FOREACH(variable, environ) {
                _cleanup_free_ char *name = strndup(*variable, strcspn(*variable, "="));

                if (!name ||
                    ((!*names || strv_contains(names, name)) && strv_add(ret, *variable) < 0))
                        return 1;
        }
        return 0;
}

int ctl_environment(int argc, char *argv[], void *context) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
        _cleanup_strv_ char **imported = NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        bool imports = text_eq(argv[0], "import-environment");
        int r, status = imports ? collect(argv + 1, &imported) : 0;

        if (status == 0)
                status = client_open(&bus);
        if (status)
                return status;
        r = begin(bus,
                  text_eq(argv[0], "unset-environment") ? "UnsetEnvironment" : "SetEnvironment",
                  &m);
        if (r >= 0)
                r = sd_bus_message_append_strv(m, imports ? imported : argv + 1);
        return finish(bus, m, r, "change the environment");
}
