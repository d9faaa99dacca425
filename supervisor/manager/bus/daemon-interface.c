/*
 * What a client expects of a bus daemon: busctl(1) and others that are given an address greet it.
 * Here the manager is the only one behind the connection, so all signals reach everybody, and there
 * is nothing to match.
 */
#include "supervisor/manager/bus/bus-inside.h"

static int run_hello(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        return sd_bus_reply_method_return(m, "s", ":1.1");
}

static int run_owner(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        return sd_bus_reply_method_return(m, "s", BUS_NAME);
}

static const BusMethod methods[] = {
        { "Hello", "", "s", run_hello, true },
        { "AddMatch", "s", "", bus_manager_nothing, true },
        { "RemoveMatch", "s", "", bus_manager_nothing, true },
        { "GetNameOwner", "s", "s", run_owner, true },
};

const BusInterface bus_daemon_interface = { .name = "org.freedesktop.DBus",
                                            .methods = methods,
                                            .n_methods = ARRAY_SIZE(methods) };
