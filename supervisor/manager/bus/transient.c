/*
 * Transient units, as systemd-run(1) makes them: the properties become a unit file in a directory
 * of the load path, so that to everything else such a unit is one like others. The file goes with
 * the unit.
 *
 * Here also is what keeps a unit that has ended for those who want to know how: Ref() pins it until
 * Unref(), or until the client is gone.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/bus/property-text.h"
#include "supervisor/manager/bus/setting.h"
#include "supervisor/manager/unit-check.h"
#include "units/specifier.h"

typedef struct Making {
        Bus *bus;
        const char *name;
        unsigned section; /* of its type */
        StrBuf unit, own; /* the lines of the two sections */
        StrBuf pids;
        bool add_ref;
        char ***made; /* the names of the units whose files were written */
} Making;

static void making_done(Making *m) {
        strbuf_done(&m->unit);
        strbuf_done(&m->own);
        strbuf_done(&m->pids);
}

/* ---- properties ---- */

static int read_pids(Making *making, sd_bus_message *m) {
        uint32_t pid;
        int r = sd_bus_message_enter_container(m, 'v', "au");

        if (r >= 0)
                r = sd_bus_message_enter_container(m, 'a', "u");
        while (r >= 0 && (r = sd_bus_message_read(m, "u", &pid)) > 0)
                strbuf_addf(&making->pids, "%u ", pid);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_add_ref(Making *making, sd_bus_message *m) {
        int value, r = sd_bus_message_read(m, "v", "b", &value);

        if (r >= 0)
                making->add_ref = value;
        return r;
}

/* "ExecStartEx" is ExecStart= with more prefixes. */
static const Directive *find_row(const Making *making, const char *name) {
        unsigned sections = making->section | SECTION_UNIT;
        const Directive *d = setting_find(sections, name);
        char plain[SETTING_NAME_MAX];

        if (!d && text_ends_with(name, "Ex")) {
                snprintf(plain, sizeof(plain), "%.*s", (int)(strlen(name) - 2), name);
                d = setting_find(sections, plain);
        }
        if (!d)
                d = directive_find_any(sections, name);
        return d && !(d->flags & INTERNAL) ? d : NULL;
}

static int read_setting(Making *making, const char *name, sd_bus_message *m, sd_bus_error *e) {
        const Directive *d = find_row(making, name);
        _cleanup_(strbuf_done) StrBuf lines = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_free_ char *text = NULL;
        int r = d ? property_text_read(d, name, m, &lines) : -ENOENT;

        if (r == -ENOENT || r == -EOPNOTSUPP)
                return sd_bus_error_setf(e, SD_BUS_ERROR_NOT_SUPPORTED,
                                         "%s cannot be set%s for a transient unit", name,
                                         r == -ENOENT ? "" : " in this form");
        if (r >= 0)
                r = strbuf_take(&lines, &text);
        if (r >= 0) {
                r = property_text_check(d, text, &diag);
                if (r < 0)
                        return bus_error(e, r, &diag);
                strbuf_add(d->sections & making->section ? &making->own : &making->unit, text);
        }
        return r;
}

static int read_property(Making *making, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        int r = sd_bus_message_read(m, "s", &name);

        if (r < 0)
                return r;
        if (text_eq(name, "PIDs") && making->section == SECTION_SCOPE)
                return read_pids(making, m);
        if (text_eq(name, "AddRef"))
                return read_add_ref(making, m);
        return read_setting(making, name, m, e);
}

static int read_properties(Making *making, sd_bus_message *m, sd_bus_error *e) {
        int r = sd_bus_message_enter_container(m, 'a', "(sv)");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'r', "sv")) > 0) {
                r = read_property(making, m, e);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* ---- the file ---- */

bool bus_is_transient(const Bus *b, const Unit *u) {
        return u->fragment && b->setup.transient && path_after(u->fragment, b->setup.transient);
}

static int take_text(Making *making, char **ret) {
        _cleanup_free_ char *unit = NULL, *own = NULL;
        int r = strbuf_take(&making->unit, &unit);

        if (r >= 0)
                r = strbuf_take(&making->own, &own);
        if (r >= 0 && asprintf(ret, "# A transient unit\n[Unit]\n%s[%s]\n%s", unit,
                               section_name((Section)making->section), own) < 0)
                r = -ENOMEM;
        return r;
}

/* All of it as the unit will be read. One wrong line, and there is no unit. */
static int check(const Making *making, const Unit *u, const char *text, sd_bus_error *e) {
        const SpecifierContext specifiers = { .unit = making->name, .root_fd = -EBADF };
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_(config_done) Config c;
        int r = config_init(&c);

        if (r >= 0)
                r = config_parse_text(&c, NULL, text, strlen(text),
                                      &(ParseContext){ .diag = &diag, .specifiers = &specifiers });
        if (r != 0)
                return bus_error(e, r < 0 ? r : -EINVAL, &diag);
        r = unit_check(u, &c, &diag);
        return r < 0 ? bus_error(e, -EUCLEAN, &diag) : 0;
}

static int write_file(const Bus *b, const char *name, const char *text) {
        _cleanup_fd_ int directory = -EBADF;

        if (mkdir(b->setup.transient, 0755) < 0 && errno != EEXIST)
                return -errno;
        directory = fd_open_nofollow(AT_FDCWD, b->setup.transient, O_RDONLY | O_DIRECTORY, 0);
        return directory < 0 ? directory : file_write_atomic_at(directory, name, text, 0644);
}

/* There was no start: the units are not to be. */
static void take_back(Bus *b, char *const *made) {
        _cleanup_(sd_bus_error_free) sd_bus_error ignored = SD_BUS_ERROR_NULL;
        _cleanup_fd_ int directory = -EBADF;

        if (!made)
                return;
        directory = fd_open_nofollow(AT_FDCWD, b->setup.transient, O_RDONLY | O_DIRECTORY, 0);
        STRV_FOREACH(name, directory >= 0 ? made : NULL)
                (void)unlinkat(directory, *name, 0);
        (void)bus_reload(b, &ignored);
}

/* A name is free when nothing has it, or a transient unit that is over. */
static int check_free(Bus *b, const char *name, sd_bus_error *e, Unit **ret) {
        Unit *u;
        int r = bus_load_unit(b, name, e, &u);

        if (r < 0)
                return r;
        *ret = u;
        if (unit_state_is_down(u->active) &&
            (u->load == LOAD_NOT_FOUND ||
             ((bus_is_transient(b, u) || !u->fragment) && registry_collect_permits(u))))
                return 0;
        return sd_bus_error_setf(e, BUS_NAME ".UnitExists",
                                 "Unit %s was already loaded or has a fragment file.", name);
}

static int load(Making *making, sd_bus_error *e, Unit **ret) {
        Bus *b = making->bus;
        _cleanup_free_ char *pids = NULL;
        Unit *u;
        int r = bus_reload(b, e);

        if (r >= 0)
                r = bus_load_unit(b, making->name, e, &u);
        if (r >= 0 && (u->load != LOAD_LOADED || !bus_is_transient(b, u)))
                r = sd_bus_error_setf(e, BUS_NAME ".BadUnitSetting",
                                      "Unit %s has a bad unit file setting.", making->name);
        if (r >= 0)
                r = strbuf_take(&making->pids, &pids);
        if (r >= 0 && *pids)
                r = b->setup.ops->adopt ? b->setup.ops->adopt(u, pids, b->setup.userdata)
                                        : -EOPNOTSUPP;
        if (r >= 0)
                *ret = u;
        return r;
}

static unsigned section_of(const char *name) {
        static const UnitType types[] = { UNIT_SERVICE, UNIT_SCOPE, UNIT_SLICE, UNIT_MOUNT };
        int type = unit_name_type(name);

        for (size_t i = 0; i < ARRAY_SIZE(types); i++)
                if (unit_name_kind(name) > 0 && unit_name_kind(name) != UNIT_NAME_TEMPLATE &&
                    type == (int)types[i])
                        return bus_type_interface(types[i]).sections;
        return 0;
}

/* Reads "a(sv)" and makes the unit of it. */
static int make(Making *making, sd_bus_message *m, sd_bus_error *e, Unit **ret) {
        _cleanup_free_ char *text = NULL;
        Unit *u = NULL;
        int r;

        making->section = section_of(making->name);
        if (!making->bus->setup.transient || !making->section)
                return sd_bus_error_setf(e, SD_BUS_ERROR_NOT_SUPPORTED,
                                         "%s is of no type that transient units can have",
                                         making->name);
        r = read_properties(making, m, e);
        if (r >= 0)
                r = check_free(making->bus, making->name, e, &u);
        if (r >= 0)
                r = take_text(making, &text);
        if (r >= 0)
                r = check(making, u, text, e);
        /* noted first, so that it is not forgotten */
        if (r >= 0)
                r = strv_add(making->made, making->name);
        if (r >= 0)
                r = write_file(making->bus, making->name, text);
        return r < 0 ? r : load(making, e, ret);
}

/* ---- methods ---- */

/* The units that come along, such as the service of a timer: without jobs of their own. */
static int make_others(Bus *b, char ***made, sd_bus_message *m, sd_bus_error *e) {
        int r = sd_bus_message_enter_container(m, 'a', "(sa(sv))");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'r', "sa(sv)")) > 0) {
                _cleanup_(making_done) Making making = { .bus = b, .made = made };
                Unit *u;

                r = sd_bus_message_read(m, "s", &making.name);
                if (r >= 0)
                        r = make(&making, m, e, &u);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

int bus_manager_start_transient(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_strv_ char **made = NULL;
        _cleanup_(making_done) Making making = { .bus = t->bus, .made = &made };
        const char *mode;
        Unit *u = NULL;
        int r = sd_bus_message_read(m, "ss", &making.name, &mode);

        if (r >= 0)
                r = make(&making, m, e, &u);
        if (r >= 0)
                r = make_others(t->bus, &made, m, e);
        if (r >= 0 && making.add_ref)
                r = bus_ref(t->bus, m, u);
        if (r >= 0)
                r = bus_request_start(t->bus, u, mode, m, e);
        /* a job that was made is done, also when its answer cannot be sent */
        if (r < 0 && !(u && u->job))
                take_back(t->bus, made);
        return r;
}

int bus_manager_ref_unit(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        Unit *u;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_find_unit(t->bus, name, e, &u);
        if (r >= 0)
                r = bus_ref(t->bus, m, u);
        return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

int bus_manager_unref_unit(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        Unit *u;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_find_unit(t->bus, name, e, &u);
        if (r >= 0)
                r = bus_unref(t->bus, m, u);
        return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

int bus_abandon(Bus *b, Unit *u, sd_bus_message *m, sd_bus_error *e) {
        int r = u->type == UNIT_SCOPE && b->setup.ops->abandon
                        ? b->setup.ops->abandon(u, b->setup.userdata)
                        : -EOPNOTSUPP;

        if (r == -ESRCH)
                return sd_bus_error_setf(e, BUS_NAME ".ScopeNotRunning",
                                         "Scope %s is not running, cannot abandon.", u->id);
        return r < 0 ? bus_error(e, r, NULL) : sd_bus_reply_method_return(m, NULL);
}

int bus_manager_abandon(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        Unit *u;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_find_unit(t->bus, name, e, &u);
        return r < 0 ? r : bus_abandon(t->bus, u, m, e);
}
