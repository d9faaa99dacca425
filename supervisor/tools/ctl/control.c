/*
 * Verbs that are one call of the manager: about units, about itself, about the machine.
 */
#include <signal.h>
#include <stdio.h>

#include "base/text.h"
#include "supervisor/tools/ctl/client.h"
#include "supervisor/tools/ctl/ctl.h"

static int plain_call(const char *method, const char *to_do) {
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);

        return status ? status : client_call(bus, &(ClientCall){ method, to_do }, NULL, "");
}

int ctl_daemon_reload(int argc, char *argv[], void *context) {
        return plain_call("Reload", "read the files again");
}

/* The manager goes without an answer, and another one comes. */
int ctl_daemon_reexec(int argc, char *argv[], void *context) {
        _cleanup_bus_ sd_bus *bus = NULL;
        int r, status = client_open(&bus);

        if (status)
                return status;
        r = sd_bus_call_method(bus, CLIENT_NAME, CLIENT_ROOT, CLIENT_MANAGER, "Reexecute", NULL,
                               NULL, "");
        if (r >= 0 || r == -ECONNRESET || r == -ENOTCONN || r == -EPIPE)
                return 0;
        ctl_complain("cannot replace the manager: %s", strerror(-r));
        return 1;
}

/* By way of the target, which stops everything in order; with --force at once. */
int ctl_end(int argc, char *argv[], void *context) {
        static const struct {
                const char *verb, *method, *target;
        } ends[] = {
                { "poweroff", "PowerOff", "poweroff.target" },
                { "reboot", "Reboot", "reboot.target" },
                { "halt", "Halt", "halt.target" },
        };
        const CtlSettings *settings = context;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);

        for (size_t i = 0; i < ARRAY_SIZE(ends) && status == 0; i++) {
                if (!text_eq(ends[i].verb, argv[0]))
                        continue;
                status = settings->force
                                 ? client_call(bus, &(ClientCall){ ends[i].method, argv[0] }, NULL,
                                               "")
                                 : client_call(bus, &(ClientCall){ "StartUnit", argv[0] }, NULL,
                                               "ss", ends[i].target, "replace-irreversibly");
        }
        return status;
}

int ctl_kill(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);

        for (int i = 1; i < argc && status == 0; i++) {
                _cleanup_free_ char *name = client_unit_name(argv[i]), *to_do = NULL;

                if (!name)
                        return 2;
                if (asprintf(&to_do, "kill %s", name) < 0)
                        return 1;
                status = client_call(bus, &(ClientCall){ "KillUnit", to_do }, NULL, "ssi", name,
                                     settings->whom ? settings->whom : "all",
                                     settings->signal ? settings->signal : SIGTERM);
        }
        return status;
}

int ctl_reset_failed(int argc, char *argv[], void *context) {
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);

        if (status == 0 && argc == 1)
                return client_call(bus, &(ClientCall){ "ResetFailed", "reset units" }, NULL, "");
        for (int i = 1; i < argc && status == 0; i++) {
                _cleanup_free_ char *name = client_unit_name(argv[i]), *to_do = NULL;

                if (!name)
                        return 2;
                if (asprintf(&to_do, "reset %s", name) < 0)
                        return 1;
                status = client_call(bus, &(ClientCall){ "ResetFailedUnit", to_do }, NULL, "s",
                                     name);
        }
        return status;
}
