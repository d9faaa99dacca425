/*
 * Unit files: enabling, masking and their kin, and lists of them. The client asks for a reload
 * afterwards, when all that it wants to change is changed.
 *
 * All links that a call made are told, also when it failed in the middle of its names: the error
 * then stands in the answer's place, and UnitFilesChanged is sent all the same.
 */
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"

/* ---- answers ---- */

static int append_changes(const Install *i, sd_bus_message *reply) {
        int r = sd_bus_message_open_container(reply, 'a', "(sss)");

        for (size_t k = 0; k < i->n && r >= 0; k++)
                r = sd_bus_message_append(reply, "(sss)", install_change_name(i->changes[k].kind),
                                          i->changes[k].path,
                                          i->changes[k].target ? i->changes[k].target : "");
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

typedef struct Done {
        Install install;
        Diag diag;
        bool carries; /* the answer says whether the units ask for anything */
} Done;

static void done_done(Done *d) {
        install_done(&d->install);
        diag_done(&d->diag);
}

/* COUNT is what a function of install.h returned. */
static int answer(Bus *b, const Done *d, int count, sd_bus_message *m, sd_bus_error *e) {
        sd_bus_message *reply = NULL;
        int r;

        if (d->install.n > 0)
                bus_signal_files(b);
        if (count < 0)
                return bus_error(e, count, &d->diag);
        r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0 && d->carries)
                r = sd_bus_message_append(reply, "b", (int)(count > 0));
        if (r >= 0)
                r = append_changes(&d->install, reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static int read_flags(sd_bus_message *m, bool force, unsigned *ret) {
        int runtime, forced = 0, r = sd_bus_message_read(m, "b", &runtime);

        if (r >= 0 && force)
                r = sd_bus_message_read(m, "b", &forced);
        if (r >= 0)
                *ret = (runtime ? INSTALL_RUNTIME : 0U) | (forced ? INSTALL_FORCE : 0U);
        return r;
}

/* ---- methods that take names and flags ---- */

static const struct {
        const char *method;
        int (*run)(Install *i, char *const *names);
        bool force, carries; /* it takes a second flag; its answer has one */
} changes[] = {
        { "EnableUnitFiles", install_enable, true, true },
        { "ReenableUnitFiles", install_reenable, true, true },
        { "DisableUnitFiles", install_disable, false, false },
        { "LinkUnitFiles", install_link, true, false },
        { "MaskUnitFiles", install_mask, true, false },
        { "UnmaskUnitFiles", install_unmask, false, false },
};

int bus_manager_change_files(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_strv_ char **names = NULL;
        _cleanup_(done_done) Done d = { 0 };
        unsigned flags;
        size_t k = 0;
        int r = sd_bus_message_read_strv(m, &names);

        while (!text_eq(changes[k].method, sd_bus_message_get_member(m)))
                k++;
        d.carries = changes[k].carries;
        if (r >= 0)
                r = read_flags(m, changes[k].force, &flags);
        if (r >= 0)
                r = bus_install_begin(t->bus, flags, &d.diag, &d.install);
        if (r < 0)
                return r;
        return answer(t->bus, &d, changes[k].run(&d.install, names), m, e);
}

int bus_manager_revert_files(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_strv_ char **names = NULL;
        _cleanup_(done_done) Done d = { 0 };
        int r = sd_bus_message_read_strv(m, &names);

        if (r >= 0)
                r = bus_install_begin(t->bus, 0, &d.diag, &d.install);
        return r < 0 ? r : answer(t->bus, &d, install_revert(&d.install, names), m, e);
}

/* ---- presets ---- */

static int read_mode(sd_bus_message *m, sd_bus_error *e, InstallPresetMode *ret) {
        static const char *const modes[] = { [INSTALL_PRESET_FULL] = "full",
                                             [INSTALL_PRESET_ENABLE] = "enable-only",
                                             [INSTALL_PRESET_DISABLE] = "disable-only" };
        const char *text;
        int r = sd_bus_message_read(m, "s", &text);

        if (r < 0)
                return r;
        *ret = INSTALL_PRESET_FULL;
        for (size_t k = 0; k < ARRAY_SIZE(modes); k++) {
                if (*text && !text_eq(modes[k], text))
                        continue;
                *ret = (InstallPresetMode)k;
                return 0;
        }
        return sd_bus_error_setf(e, SD_BUS_ERROR_INVALID_ARGS,
                                 "the mode is full, enable-only or disable-only");
}

/* PresetUnitFiles(), and with a mode PresetUnitFilesWithMode(). */
int bus_manager_preset_files(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_strv_ char **names = NULL;
        _cleanup_(done_done) Done d = { .carries = true };
        InstallPresetMode mode = INSTALL_PRESET_FULL;
        unsigned flags;
        int r = sd_bus_message_read_strv(m, &names);

        if (r >= 0 && text_ends_with(sd_bus_message_get_member(m), "Mode"))
                r = read_mode(m, e, &mode);
        if (r >= 0)
                r = read_flags(m, true, &flags);
        if (r >= 0)
                r = bus_install_begin(t->bus, flags, &d.diag, &d.install);
        if (r < 0)
                return r;
        return answer(t->bus, &d, install_preset(&d.install, mode, names), m, e);
}

int bus_manager_preset_all(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_(done_done) Done d = { 0 };
        InstallPresetMode mode;
        unsigned flags;
        int r = read_mode(m, e, &mode);

        if (r >= 0)
                r = read_flags(m, true, &flags);
        if (r >= 0)
                r = bus_install_begin(t->bus, flags, &d.diag, &d.install);
        return r < 0 ? r : answer(t->bus, &d, install_preset_all(&d.install, mode), m, e);
}

/* ---- single links ---- */

int bus_manager_set_default(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_(done_done) Done d = { 0 };
        const char *name;
        int force, r = sd_bus_message_read(m, "sb", &name, &force);

        if (r >= 0)
                r = bus_install_begin(t->bus, 0, &d.diag, &d.install);
        return r < 0 ? r : answer(t->bus, &d, install_set_default(&d.install, name), m, e);
}

int bus_manager_get_default(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_free_ char *name = NULL;
        _cleanup_(done_done) Done d = { 0 };
        int r = bus_install_begin(t->bus, 0, &d.diag, &d.install);

        if (r >= 0)
                r = install_get_default(&d.install, &name);
        return r < 0 ? bus_error(e, r, &d.diag) : sd_bus_reply_method_return(m, "s", name);
}

int bus_manager_depend_files(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_strv_ char **names = NULL;
        _cleanup_(done_done) Done d = { 0 };
        const char *target, *kind;
        unsigned flags;
        int r = sd_bus_message_read_strv(m, &names);

        if (r >= 0)
                r = sd_bus_message_read(m, "ss", &target, &kind);
        if (r >= 0 && !text_eq(kind, "Wants") && !text_eq(kind, "Requires"))
                return sd_bus_error_setf(e, SD_BUS_ERROR_INVALID_ARGS,
                                         "the kind of dependency is Wants or Requires");
        if (r >= 0)
                r = read_flags(m, true, &flags);
        if (r >= 0)
                r = bus_install_begin(t->bus, flags, &d.diag, &d.install);
        if (r < 0)
                return r;
        r = install_depend(&d.install, names, target,
                           text_eq(kind, "Wants") ? ".wants" : ".requires");
        return answer(t->bus, &d, r, m, e);
}

/* ---- lists ---- */

int bus_manager_file_state(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_(done_done) Done d = { 0 };
        InstallState state;
        const char *name;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_install_begin(t->bus, 0, &d.diag, &d.install);
        if (r >= 0)
                r = install_state(&d.install, name, &state);
        if (r == -ENOENT)
                return sd_bus_error_setf(e, SD_BUS_ERROR_FILE_NOT_FOUND,
                                         "Unit %s has no unit file.", name);
        if (r < 0)
                return bus_error(e, r, &d.diag);
        return sd_bus_reply_method_return(m, "s", install_state_name(state));
}

static int append_files(const InstallFiles *files, sd_bus_message *reply) {
        int r = sd_bus_message_open_container(reply, 'a', "(ss)");

        for (size_t k = 0; k < files->n && r >= 0; k++)
                r = sd_bus_message_append(reply, "(ss)", files->items[k].path,
                                          install_state_name(files->items[k].state));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* ListUnitFiles(), and with states and patterns ListUnitFilesByPatterns(). */
int bus_manager_list_files(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_strv_ char **states = NULL, **patterns = NULL;
        _cleanup_(install_list_done) InstallFiles files = { 0 };
        _cleanup_(done_done) Done d = { 0 };
        sd_bus_message *reply = NULL;
        int r = bus_install_begin(t->bus, 0, &d.diag, &d.install);

        if (r >= 0 && text_ends_with(sd_bus_message_get_member(m), "ByPatterns")) {
                r = sd_bus_message_read_strv(m, &states);
                if (r >= 0)
                        r = sd_bus_message_read_strv(m, &patterns);
        }
        if (r >= 0)
                r = install_list(&d.install, patterns, states, &files);
        if (r >= 0)
                r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = append_files(&files, reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}
