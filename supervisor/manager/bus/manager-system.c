/*
 * What clients ask of the manager itself and of the machine.
 */
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"
#include "units/environment.h"

int bus_reload(Bus *b, sd_bus_error *e) {
        _cleanup_(diag_done) Diag diag = { 0 };
        int r;

        if (!b->setup.ops->reload)
                return bus_error(e, -EOPNOTSUPP, NULL);
        bus_signal_reloading(b, true);
        r = b->setup.ops->reload(&diag, b->setup.userdata);
        bus_signal_reloading(b, false);
        bus_log(b, NULL, &diag);
        return r < 0 ? bus_error(e, r, &diag) : 0;
}

int bus_manager_reload(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        int r = bus_reload(t->bus, e);

        return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

/* There is no answer: the end of the connection is one. */
int bus_manager_reexecute(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        int r = t->bus->setup.ops->reexecute ? t->bus->setup.ops->reexecute(t->bus->setup.userdata)
                                             : -EOPNOTSUPP;

        return r < 0 ? bus_error(e, r, NULL) : 1;
}

int bus_manager_end(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        static const struct {
                const char *name;
                BusEnd how;
        } ends[] = {
                { "Reboot", BUS_REBOOT }, { "PowerOff", BUS_POWEROFF }, { "Halt", BUS_HALT },
                { "KExec", BUS_KEXEC },   { "Exit", BUS_EXIT },
        };
        const BusOps *ops = t->bus->setup.ops;

        for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
                if (text_eq(ends[i].name, sd_bus_message_get_member(m))) {
                        int r = ops->end ? ops->end(ends[i].how, 0, t->bus->setup.userdata)
                                         : -EOPNOTSUPP;

                        return r < 0 ? bus_error(e, r, NULL) : sd_bus_reply_method_return(m, NULL);
                }
        return -EINVAL;
}

/* ---- the environment of services ---- */

static int check_variables(char *const *list, bool names, sd_bus_error *e) {
        STRV_FOREACH(text, list)
                if (environment_check(*text, NULL) < 0 &&
                    !(names && environment_name_is_valid(*text, strlen(*text))))
                        return sd_bus_error_setf(e, SD_BUS_ERROR_INVALID_ARGS,
                                                 "a variable is written as NAME=VALUE");
        return 0;
}

/* SetEnvironment(), UnsetEnvironment() and UnsetAndSetEnvironment(). */
int bus_manager_set_environment(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const BusSetup *setup = &t->bus->setup;
        const char *method = sd_bus_message_get_member(m);
        _cleanup_strv_ char **unset = NULL, **set = NULL;
        int r = 0;

        if (text_after(method, "Unset"))
                r = sd_bus_message_read_strv(m, &unset);
        if (r >= 0 && text_ends_with(method, "SetEnvironment"))
                r = sd_bus_message_read_strv(m, &set);
        if (r >= 0)
                r = check_variables(unset, true, e);
        if (r >= 0)
                r = check_variables(set, false, e);
        if (r < 0)
                return r;
        r = setup->ops->change_environment
                    ? setup->ops->change_environment(unset, set, setup->userdata)
                    : -EOPNOTSUPP;
        return r < 0 ? bus_error(e, r, NULL) : sd_bus_reply_method_return(m, NULL);
}

/* Subscribe() and its kin: on a connection of one's own there is nothing to subscribe to. */
int bus_manager_nothing(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        return sd_bus_reply_method_return(m, NULL);
}
