/*
 * Verbs that are one call of the manager: about units, about itself, about the machine.
 */
#include <signal.h>
#include <stdio.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/ctl.h"
#include "supervisor/tools/ctl/names.h"

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
                { "kexec", "KExec", "kexec.target" },
                { "exit", "Exit", "exit.target" },
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

/* One call for each of the units, which patterns may name. */
typedef struct Each {
        const char *method, *verb;
        int (*append)(sd_bus_message *m, const char *name, const CtlSettings *settings);
} Each;

static int do_each(sd_bus *bus, const Each *each, char *const *names, const CtlSettings *s) {
        int failed = 0;

        STRV_FOREACH(name, names) {
                _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
                _cleanup_free_ char *to_do = NULL;
                int status, r = sd_bus_message_new_method_call(bus, &m, CLIENT_NAME, CLIENT_ROOT,
                                                               CLIENT_MANAGER, each->method);

                if (r >= 0)
                        r = each->append(m, *name, s);
                if (r < 0 || asprintf(&to_do, "%s %s", each->verb, *name) < 0)
                        return 1;
                status = client_send(bus, m, to_do, NULL);
                failed = failed ? failed : status;
        }
        return failed;
}

static int expand_and_do(const Each *each, char *const *texts, const CtlSettings *s) {
        _cleanup_strv_ char **names = NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);

        if (status == 0)
                status = names_expand(bus, s, texts, &names);
        return status ? status : do_each(bus, each, names, s);
}

static int append_kill(sd_bus_message *m, const char *name, const CtlSettings *s) {
        _cleanup_free_ char *whom = NULL;

        if (asprintf(&whom, "%s%s", s->whom ? s->whom : "all", s->fail ? "-fail" : "") < 0)
                return -ENOMEM;
        return sd_bus_message_append(m, "ssi", name, whom, s->signal ? s->signal : SIGTERM);
}

int ctl_kill(int argc, char *argv[], void *context) {
        return expand_and_do(&(Each){ "KillUnit", "kill", append_kill }, argv + 1, context);
}

static int append_name(sd_bus_message *m, const char *name, const CtlSettings *s) {
        return sd_bus_message_append(m, "s", name);
}

int ctl_reset_failed(int argc, char *argv[], void *context) {
        return argc == 1 ? plain_call("ResetFailed", "reset units")
                         : expand_and_do(&(Each){ "ResetFailedUnit", "reset", append_name },
                                         argv + 1, context);
}
