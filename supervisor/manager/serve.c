/*
 * The listening socket is kept by svinit, so that clients that come while the manager is being
 * replaced wait for the next one.
 */
#include "supervisor/manager/serve.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/number.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/bus/bus.h"
#include "supervisor/manager/device.h"
#include "supervisor/manager/ending.h"
#include "supervisor/manager/generator.h"
#include "supervisor/manager/group-attribute.h"
#include "supervisor/manager/group-path.h"
#include "supervisor/manager/group-usage.h"
#include "supervisor/manager/manager-environment.h"
#include "supervisor/manager/manager-settings.h"
#include "supervisor/manager/place.h"
#include "supervisor/manager/scope.h"
#include "supervisor/manager/service-kind.h"
#include "supervisor/manager/service.h"
#include "supervisor/manager/unit-load.h"

#define BUS_ID   2 /* of the socket, with svinit */
#define UNNEEDED (10 * CLOCK_SECOND)

/* ---- telling ---- */

/* The path of U's group below the subtree; a new string, NULL: it has none. */
static char *group_of_unit(const Unit *u) {
        const Service *s = service_known(u);
        char *path = NULL;

        if (s)
                return s->group ? strdup(s->group) : NULL;
        return u->type == UNIT_SLICE && group_path_of(u, &path) >= 0 ? path : NULL;
}

static void describe_group(Manager *m, Unit *u, BusFacts *f) {
        _cleanup_free_ char *path = group_of_unit(u);
        const GroupTree *t = &m->groups;

        if (!path)
                return;
        if ((size_t)snprintf(f->group, sizeof(f->group), "%s/%s", t->prefix, path) >=
            sizeof(f->group))
                f->group[0] = '\0'; /* a part would be another group */
        group_usage_read(t, path, &f->usage);
}

static void describe(Unit *u, BusFacts *f, void *userdata) {
        Manager *m = userdata;
        const Service *s = service_known(u);

        if (device_known(u)) {
                f->sysfs = device_known(u)->sysfs;
                f->following = device_known(u)->following;
        }
        if (s || u->type == UNIT_SLICE)
                describe_group(m, u, f);
        if (!s)
                return;
        if (!s->group)
                f->usage = s->usage;
        f->sub_state = service_kind_state_name(s);
        f->result = service_settings_result_name((ServiceResult)s->result);
        f->status = s->status_text;
        f->status_errno = s->status_errno;
        f->invocation = s->invocation[0] ? s->invocation : NULL;
        f->main_pid = (uint32_t)s->main;
        f->exec_pid = (uint32_t)s->exec_pid;
        /* mount(8) is the main process to service-fsm.h alone */
        f->control_pid = (uint32_t)(u->type == UNIT_SERVICE || !s->main ? s->control : s->main);
        f->exec_code = s->main_code;
        f->exec_status = s->main_status;
        f->exec_start = s->exec_begin;
        f->exec_exit = s->exec_end;
        f->failure = s->failure;
        f->restarts = s->restarts;
        for (size_t by = 0; by < SERVICE_LEFTS; by++) {
                f->left[by] = s->left[by];
                f->enforced += s->enforced[by];
        }
        f->health = service_health_name(s);
        f->health_failures = s->health.failures;
        f->health_checked = s->health.checked;
        f->fds = (uint32_t)s->n_fds;
}

static void ask_past(const Unit *u, BusPast *past, void *userdata) {
        const Service *s = service_known(u);

        for (size_t i = 0; s && i < s->n_past; i++) {
                const ServicePast *p = &s->past[i];
                const char *list = service_command_list((ServiceState)p->state);

                if (!list || !text_eq(list, past->list) || p->index != past->index)
                        continue;
                past->pid = (uint32_t)p->pid;
                past->begin = p->begin;
                past->end = p->end;
                past->code = p->code;
                past->status = p->status;
        }
}

typedef struct Found {
        BusFound *found;
        void *userdata;
        const char *group;
} Found;

static void on_process(pid_t pid, void *userdata) {
        const Found *f = userdata;

        f->found(pid, f->group, f->userdata);
}

static void ask_processes(Unit *u, BusFound *found, void *found_userdata, void *userdata) {
        Manager *m = userdata;
        _cleanup_free_ char *path = group_of_unit(u), *shown = NULL;

        if (path && asprintf(&shown, "%s/%s", m->groups.prefix, path) >= 0)
                group_each(&m->groups, path, on_process, &(Found){ found, found_userdata, shown });
}

static Unit *ask_unit(pid_t pid, void *userdata) {
        Manager *m = userdata;
        _cleanup_free_ char *path = NULL;
        char *rest, *part;
        Unit *unit = NULL;

        if (group_of(&m->groups, pid, &path) < 0)
                return NULL;
        rest = path;
        while ((part = strsep(&rest, "/"))) {
                int type = unit_name_type(part);

                if (type < 0)
                        continue;
                unit = registry_find(m->registry, part);
                if (type != UNIT_SLICE) /* what is below is delegated */
                        break;
        }
        return unit;
}

/* ---- doing ---- */

typedef struct Kill {
        const GroupTree *tree;
        const char *group;
        int signal;
        size_t n;
} Kill;

static void kill_one(pid_t pid, void *userdata) {
        Kill *k = userdata;

        k->n += group_signal(k->tree, k->group, pid, k->signal) >= 0;
}

static int ask_kill(Unit *u, BusWhom whom, int signal, void *userdata) {
        Manager *m = userdata;
        const Service *s = service_known(u);
        Kill k = { .tree = &m->groups, .group = s ? s->group : NULL, .signal = signal };

        if (!service_kind_has(u->type))
                return -EOPNOTSUPP;
        if (!k.group)
                return -ESRCH;
        if (whom == BUS_WHOM_ALL)
                group_each(&m->groups, s->group, kill_one, &k);
        else if (whom == BUS_WHOM_MAIN && s->main > 0)
                kill_one(s->main, &k);
        else if (whom == BUS_WHOM_CONTROL && s->control > 0)
                kill_one(s->control, &k);
        return k.n > 0 ? 0 : -ESRCH;
}

static int ask_reload(Diag *diag, void *userdata) {
        Manager *m = userdata;
        int r;

        (void)generator_run(m);
        r = registry_reload(m->registry, diag);
        if (r < 0)
                return r;
        manager_reloaded(m);
        return 0;
}

static int ask_reexecute(void *userdata) {
        manager_leave(userdata);
        return 0;
}

static int ask_end(BusEnd how, int exit_status, void *userdata) {
        static const InitAction actions[] = { [BUS_REBOOT] = INIT_REBOOT,
                                              [BUS_POWEROFF] = INIT_POWEROFF,
                                              [BUS_HALT] = INIT_HALT,
                                              [BUS_KEXEC] = INIT_KEXEC,
                                              [BUS_EXIT] = INIT_EXIT };

        return ending_final(userdata, actions[how], exit_status);
}

static int ask_apply(Unit *u, void *userdata) {
        Manager *m = userdata;
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_(config_done) Config c;
        _cleanup_free_ char *path = group_of_unit(u);
        int r = config_init(&c);

        if (r < 0 || !path || !*path || unit_state_is_down(u->active))
                return r;
        r = unit_load_config(m->registry, u, &diag, &c);
        return r < 0 ? r : group_attribute_set_all(&m->groups, path, &c, u);
}

static char **ask_environment(void *userdata) {
        const Manager *m = userdata;

        return m->environment;
}

static int ask_change_environment(char *const *unset, char *const *set, void *userdata) {
        return manager_environment_change(userdata, unset, set);
}

static int ask_record(const Unit *u, void *userdata) {
        return manager_flush_unit(userdata, u);
}

static void ask_loaded(void *userdata) {
        Manager *m = userdata;

        device_follow_new(m);
        if (m->next_sweep == CLOCK_FOREVER)
                m->next_sweep = clock_now() + UNNEEDED;
}

static int put(char **field, const char *value) {
        char *copy = strdup(value);

        if (!copy)
                return -ENOMEM;
        free(*field);
        *field = copy;
        return 0;
}

/* What is mounted counts, rather than what was to be. */
static int ask_complete(const Unit *u, Config *c, void *userdata) {
        bool is_mount = u->type == UNIT_MOUNT;
        const MountEntry *e = is_mount || u->type == UNIT_SWAP ? place_of(userdata, u) : NULL;
        _cleanup_free_ char *where = is_mount ? place_path(u) : NULL;
        int r = where ? put(&c->where, where) : 0;

        if (u->type == UNIT_SERVICE)
                service_settings_complete(c);
        if (r < 0 || !e)
                return r;
        r = put(&c->what, e->what);
        if (r >= 0 && is_mount)
                r = put(&c->options, e->options);
        return r >= 0 && is_mount ? put(&c->mount_type, e->type) : r;
}

bool serve_is_transient(const Unit *u) {
        return u->fragment && path_after(u->fragment, SERVE_TRANSIENT);
}

static int ask_adopt(Unit *u, const char *pids, void *userdata) {
        Service *s = u->type == UNIT_SCOPE ? service_of(userdata, u) : NULL;

        if (u->type != UNIT_SCOPE)
                return -EOPNOTSUPP;
        return s ? scope_take_processes(s, pids) : -ENOMEM;
}

static int ask_abandon(Unit *u, void *userdata) {
        Service *s = u->type == UNIT_SCOPE ? service_known(u) : NULL;

        return s ? scope_abandon(s) : -ESRCH;
}

static const BusOps ops = { .describe = describe,
                            .past = ask_past,
                            .kill = ask_kill,
                            .processes = ask_processes,
                            .unit_of_pid = ask_unit,
                            .reload = ask_reload,
                            .reexecute = ask_reexecute,
                            .end = ask_end,
                            .apply = ask_apply,
                            .environment = ask_environment,
                            .change_environment = ask_change_environment,
                            .record = ask_record,
                            .loaded = ask_loaded,
                            .adopt = ask_adopt,
                            .abandon = ask_abandon,
                            .complete = ask_complete };

/* ---- the socket ---- */

/* systemctl(1) looks for the directory to see who runs the system. */
static int open_socket(Manager *m) {
        bool adjacent = m->link.hello.flags & INIT_IS_ADJACENT;
        int fd = link_take_fd(&m->link, BUS_ID), r;

        if (fd >= 0)
                return fd;
        if (!adjacent && ((mkdir("/run/systemd", 0755) < 0 && errno != EEXIST) ||
                          (mkdir("/run/systemd/system", 0755) < 0 && errno != EEXIST)))
                return -errno;
        fd = bus_listen(adjacent ? SERVE_PATH_ADJACENT : BUS_PATH);
        r = fd < 0 ? fd : link_store_at(&m->link, fd, "bus", BUS_ID);
        if (r < 0)
                fd_close(fd);
        return r < 0 ? r : fd;
}

/* Who may look besides root. That nobody else can is the safe outcome of all that goes wrong. */
static gid_t admit_readers(const Manager *m) {
        bool adjacent = m->link.hello.flags & INIT_IS_ADJACENT;
        _cleanup_(diag_done) Diag diag = { 0 };
        ManagerSettings settings;
        int r;

        manager_settings_read(MANAGER_SETTINGS_FILE, &settings, &diag);
        diag_print(&diag, 0, "svmanager", stderr);
        r = bus_admit(adjacent ? SERVE_PATH_ADJACENT : BUS_PATH, settings.readers);
        if (r >= 0)
                return settings.readers;
        manager_say(NULL, "the socket of the bus: %s; only root may look", strerror(-r));
        return 0;
}

/* Where set-property writes: WANTED, or, where units are read from elsewhere, the first of those.
 */
static const char *settings_in(const Manager *m, const char *wanted) {
        char **directories = m->path.directories;

        return strv_contains(directories, wanted) || !directories || !*directories ? wanted
                                                                                   : *directories;
}

/* Files that a manager wrote, and died before there was a job. */
void serve_sweep(Manager *m) {
        _cleanup_(dir_closep) DIR *d = NULL;

        if (dir_open_at(AT_FDCWD, SERVE_TRANSIENT, &d) < 0)
                return;
        for (struct dirent *entry; (entry = dir_next(d));)
                if (!registry_find(m->registry, entry->d_name))
                        m->files_gone = unlinkat(dirfd(d), entry->d_name, 0) >= 0 || m->files_gone;
        if (m->files_gone)
                m->next_sweep = MIN_OF(m->next_sweep, clock_now());
}

void serve_begin(Manager *m) {
        BusSetup setup = { .event = m->event,
                           .engine = &m->engine,
                           .ops = &ops,
                           .userdata = m,
                           .settings = settings_in(m, "/etc/svalinn/system"),
                           .settings_run = settings_in(m, "/run/svalinn/system"),
                           .transient = strv_contains(m->path.directories, SERVE_TRANSIENT)
                                                ? SERVE_TRANSIENT
                                                : NULL };
        int r;

        setup.socket = open_socket(m);
        if (setup.socket >= 0)
                setup.readers = admit_readers(m);
        r = setup.socket < 0 ? setup.socket : bus_new(&setup, &m->bus);
        if (r < 0)
                manager_say(NULL, "there is no bus: %s", strerror(-r));
}
