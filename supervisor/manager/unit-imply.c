/*
 * The sections "Implicit Dependencies" and "Default Dependencies" of systemd.service(5), .mount(5),
 * .swap(5), .slice(5), .scope(5), .target(5), .socket(5), .timer(5), .path(5) and .automount(5),
 * and what systemd.exec(5) and systemd.resource-control(5) add. The rows are in the order of the
 * pages.
 */
#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/mount-option.h"
#include "supervisor/manager/unit-depend.h"

#define D(kind) DEPENDENCY(kind)

#define LOG_UNIT "svlogd.service"

typedef struct Row {
        DependencySet kinds;
        const char *name;
} Row;

static int depend_on_rows(Registry *r, Unit *u, const Row *rows) {
        int e = 0;

        for (; rows && rows->name && e >= 0; rows++)
                e = unit_depend_on(r, u, rows->kinds, rows->name);
        return e;
}

/* ---- by default ---- */

static const Row early_and_until_shutdown[] = { { D(REQUIRES) | D(AFTER), "sysinit.target" },
                                                { D(CONFLICTS) | D(BEFORE), "shutdown.target" },
                                                { 0 } };
static const Row until_shutdown[] = { { D(CONFLICTS) | D(BEFORE), "shutdown.target" }, { 0 } };
static const Row until_umount[] = { { D(CONFLICTS) | D(BEFORE), "umount.target" }, { 0 } };

static const Row *const default_rows[UNIT_TYPES] = {
        [UNIT_SERVICE] = early_and_until_shutdown,
        [UNIT_SOCKET] = early_and_until_shutdown,
        [UNIT_TIMER] = early_and_until_shutdown,
        [UNIT_PATH] = early_and_until_shutdown,
        [UNIT_TARGET] = until_shutdown,
        [UNIT_SLICE] = until_shutdown,
        [UNIT_SCOPE] = until_shutdown,
        [UNIT_MOUNT] = until_umount,
        [UNIT_AUTOMOUNT] = until_umount,
        [UNIT_SWAP] = until_umount,
};

static const Row more_rows[UNIT_TYPES] = {
        [UNIT_SERVICE] = { D(AFTER), "basic.target" },
        [UNIT_SOCKET] = { D(BEFORE), "sockets.target" },
        [UNIT_TIMER] = { D(BEFORE), "timers.target" },
        [UNIT_PATH] = { D(BEFORE), "paths.target" },
        [UNIT_SWAP] = { D(BEFORE), "swap.target" },
};

/* What the system had before us and keeps to the end: nobody unmounts it at shutdown. */
static bool is_extrinsic(const char *where) {
        static const char *const below[] = { "/proc", "/sys", "/dev", "/run/initramfs" };

        if (text_eq(where, "/") || text_eq(where, "/usr") || text_eq(where, "/etc"))
                return true;
        for (size_t i = 0; i < ARRAY_SIZE(below); i++)
                if (path_after(where, below[i]))
                        return true;
        return false;
}

static int default_for_mount(Registry *r, Unit *u, const Config *c) {
        static const Row local[] = { { D(AFTER), "local-fs-pre.target" }, { 0 } };
        static const Row remote[] = { { D(AFTER), "remote-fs-pre.target" },
                                      { D(AFTER), "network.target" },
                                      { D(AFTER) | D(WANTS), "network-online.target" },
                                      { 0 } };
        bool network = mount_option_is_network(c->mount_type, c->options);
        int e = depend_on_rows(r, u, network ? remote : local);

        if (e >= 0 && !mount_option_has(c->options, "nofail"))
                e = unit_depend_on(r, u, D(BEFORE),
                                   network ? "remote-fs.target" : "local-fs.target");
        return e < 0 ? e : depend_on_rows(r, u, until_umount);
}

static int add_defaults(Registry *r, Unit *u, const Config *c) {
        _cleanup_free_ char *where = NULL;
        int e = 0;

        if (text_eq(u->id, "shutdown.target") || u->perpetual)
                return 0;
        if (u->type == UNIT_MOUNT) {
                e = unit_name_to_path(u->id, &where);
                if (e == -ENOMEM)
                        return e;
                return e >= 0 && is_extrinsic(where) ? 0 : default_for_mount(r, u, c);
        }
        e = depend_on_rows(r, u, default_rows[u->type]);
        if (e >= 0 && more_rows[u->type].name)
                e = unit_depend_on(r, u, more_rows[u->type].kinds, more_rows[u->type].name);
        return e;
}

/* ---- slices ---- */

/* "a.slice" of "a-b.slice", "-.slice" of "a.slice", NULL of "-.slice". */
static int parent_slice(const char *id, char **ret) {
        _cleanup_free_ char *prefix = NULL;
        char *dash;
        int e = unit_name_prefix(id, &prefix);

        if (e < 0 || text_eq(prefix, "-"))
                return e;
        dash = strrchr(prefix, '-');
        if (dash)
                *dash = '\0';
        return unit_name_build(dash ? prefix : "-", NULL, UNIT_SLICE, ret);
}

/* All instances of a template are in one slice below that of the system: systemd.slice(5). The
 * dashes of its name are escaped, as they would part slices. */
static int template_slice(const char *id, char **ret) {
        _cleanup_(strbuf_done) StrBuf escaped = { 0 };
        _cleanup_free_ char *prefix = NULL, *text = NULL;
        int e = unit_name_prefix(id, &prefix);

        if (e < 0)
                return e;
        strbuf_add(&escaped, "system-");
        for (const char *p = prefix; *p; p++)
                if (*p == '-')
                        strbuf_add(&escaped, "\\x2d");
                else
                        strbuf_add_char(&escaped, *p);
        e = strbuf_take(&escaped, &text);
        return e < 0 ? e : unit_name_build(text, NULL, UNIT_SLICE, ret);
}

static int choose_slice(const Unit *u, const Config *c, char **ret) {
        const char *name = "system.slice";

        if (u->type == UNIT_SLICE)
                return parent_slice(u->id, ret);
        if (u->type != UNIT_SERVICE && u->type != UNIT_SOCKET && u->type != UNIT_MOUNT &&
            u->type != UNIT_SWAP && u->type != UNIT_SCOPE)
                return 0;
        if (c->slice)
                name = c->slice;
        else if (text_eq(u->id, "init.scope") || text_eq(u->id, "-.mount"))
                name = "-.slice";
        else if (u->type == UNIT_SERVICE && unit_name_kind(u->id) == UNIT_NAME_INSTANCE)
                return template_slice(u->id, ret);
        *ret = strdup(name);
        return *ret ? 0 : -ENOMEM;
}

static int add_slice(Registry *r, Unit *u, const Config *c) {
        _cleanup_free_ char *name = NULL;
        Unit *slice;
        int e = choose_slice(u, c, &name);

        if (e >= 0 && name)
                e = registry_get(r, name, &slice);
        if (e < 0 || !name)
                return e == -ENOMEM ? e : 0; /* a name that is too long for one */
        u->slice = slice;
        e = dependency_add(u, D(IN_SLICE) | D(REQUIRES) | D(AFTER), slice);
        return MIN_OF(e, 0);
}

/* ---- implicit ---- */

static int need_directories(Unit *u, const char *base, const DirectoryList *l) {
        int e = 0;

        for (size_t i = 0; i < l->n && e >= 0; i++) {
                char *path = NULL;

                e = path_join(base, l->items[i].path, &path);
                if (e >= 0)
                        e = strv_push(&u->requires_mounts_for, path);
        }
        return e;
}

static int need_path(Unit *u, const char *path) {
        return path && path_is_absolute(path) ? strv_add(&u->requires_mounts_for, path) : 0;
}

/* systemd.exec(5) */
static int need_for_exec(Unit *u, const Config *c) {
        const struct {
                const char *base;
                const DirectoryList *list;
        } directories[] = {
                { "/run", &c->runtime_directory },       { "/var/lib", &c->state_directory },
                { "/var/cache", &c->cache_directory },   { "/var/log", &c->logs_directory },
                { "/etc", &c->configuration_directory },
        };
        const char *const paths[] = { c->working_directory.path, c->root_directory, c->root_image,
                                      c->private_tmp == PRIVATE_TMP_YES ? "/tmp" : NULL,
                                      c->private_tmp == PRIVATE_TMP_YES ? "/var/tmp" : NULL };
        int e = 0;

        for (size_t i = 0; i < ARRAY_SIZE(paths) && e >= 0; i++)
                e = need_path(u, paths[i]);
        for (size_t i = 0; i < ARRAY_SIZE(directories) && e >= 0; i++)
                e = need_directories(u, directories[i].base, directories[i].list);
        return e;
}

static bool is_journal(const StreamSetting *s) {
        return s->kind == STREAM_JOURNAL || s->kind == STREAM_JOURNAL_CONSOLE ||
               s->kind == STREAM_KMSG || s->kind == STREAM_KMSG_CONSOLE;
}

/* Where nothing is said output goes there, too, unless the input is a terminal. */
static bool is_logged(const Config *c) {
        StreamKind input = c->standard_input.kind;
        bool terminal =
                input == STREAM_TTY || input == STREAM_TTY_FORCE || input == STREAM_TTY_FAIL;

        return is_journal(&c->standard_output) || is_journal(&c->standard_error) ||
               (c->standard_output.kind == STREAM_DEFAULT && !terminal);
}

/* What begins before our logs has its output nowhere, as long as it runs. Not what the logs are to
 * wait for, if that is known by now. */
static int wait_for_log(Registry *r, Unit *u) {
        Unit *log = NULL;
        int e = unit_depend_on(r, u, D(AFTER), "systemd-journald.socket");

        if (e >= 0)
                e = registry_get(r, LOG_UNIT, &log);
        if (e < 0 || log == u || dependency_between(u, log) & D(BEFORE))
                return MIN_OF(e, 0);
        e = dependency_add(u, D(AFTER), log);
        return MIN_OF(e, 0);
}

static int imply_for_exec(Registry *r, Unit *u, const Config *c) {
        int e = need_for_exec(u, c);

        if (e >= 0 && c->private_tmp == PRIVATE_TMP_YES)
                e = unit_depend_on(r, u, D(AFTER), "systemd-tmpfiles-setup.service");
        if (e >= 0 && is_logged(c))
                e = wait_for_log(r, u);
        return e;
}

static int imply_for_service(Registry *r, Unit *u, const Config *c) {
        int e = imply_for_exec(r, u, c);

        if (e >= 0 && c->service_type == SERVICE_DBUS)
                e = unit_depend_on(r, u, D(REQUIRES) | D(AFTER), "dbus.socket");
        for (char **socket = c->sockets; socket && *socket && e >= 0; socket++)
                e = unit_depend_on(r, u, D(WANTS) | D(AFTER) | D(TRIGGERED_BY), *socket);
        return e;
}

/* The block device or file that is mounted. */
static int need_source(Registry *r, Unit *u, const Config *c, DependencySet kinds) {
        _cleanup_free_ char *device = NULL;
        int e;

        if (!c->what || !path_is_absolute(c->what))
                return 0;
        if (!path_after(c->what, "/dev"))
                return need_path(u, c->what);
        e = unit_name_from_path(c->what, UNIT_DEVICE, &device);
        if (e < 0)
                return e == -ENOMEM ? e : 0;
        return unit_depend_on(r, u, kinds, device);
}

static int imply_for_mount(Registry *r, Unit *u, const Config *c) {
        _cleanup_free_ char *where = NULL;
        bool quota = mount_option_has(c->options, "usrquota") ||
                     mount_option_has(c->options, "grpquota");
        char *slash;
        int e = imply_for_exec(r, u, c);

        if (e >= 0)
                e = need_source(r, u, c, D(BINDS_TO) | D(AFTER));
        for (int i = 0; i < 2 && e >= 0 && quota; i++)
                e = unit_depend_on(r, u, D(WANTS) | D(BEFORE),
                                   i == 0 ? "systemd-quotacheck.service" : "quotaon.service");
        if (e < 0 || unit_name_to_path(u->id, &where) < 0)
                return MIN_OF(e, 0);
        slash = strrchr(where, '/');
        *slash = '\0';
        return need_path(u, where);
}

static int imply_for_swap(Registry *r, Unit *u, const Config *c) {
        int e = imply_for_exec(r, u, c);

        return e < 0 ? e : need_source(r, u, c, D(REQUIRES) | D(AFTER));
}

/* What a unit starts, by name or by having the same: systemd.socket(5), .timer(5), .path(5). */
static int imply_trigger(Registry *r, Unit *u, const Config *c) {
        const char *named = u->type == UNIT_SOCKET ? c->service : c->unit;
        _cleanup_free_ char *name = NULL;
        int e;

        if (u->type == UNIT_SOCKET && c->accept)
                return 0;
        e = named ? 0 : unit_name_with_type(u->id, UNIT_SERVICE, &name);
        if (e < 0)
                return e == -ENOMEM ? e : 0;
        return unit_depend_on(r, u, D(TRIGGERS) | D(BEFORE), named ? named : name);
}

int unit_imply(Registry *r, Unit *u, const Config *c) {
        static int (*const implied[UNIT_TYPES])(Registry * r, Unit * u, const Config *c) = {
                [UNIT_SERVICE] = imply_for_service, [UNIT_MOUNT] = imply_for_mount,
                [UNIT_SWAP] = imply_for_swap,       [UNIT_SOCKET] = imply_trigger,
                [UNIT_TIMER] = imply_trigger,       [UNIT_PATH] = imply_trigger,
        };
        int e = add_slice(r, u, c);

        if (e >= 0 && implied[u->type])
                e = implied[u->type](r, u, c);
        if (e >= 0 && u->settings.default_dependencies)
                e = add_defaults(r, u, c);
        return e;
}
