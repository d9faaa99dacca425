/*
 * Timers of slow units are the only thing that lives outside of the engine; they end with the
 * world.
 */
#include "tests/host/bus-world.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/unit-notify.h"

#define SLOW (300 * 1000ULL)

typedef struct Server {
        sd_event *event;
        LoadPath path;
        Registry *registry;
        Engine engine;
        Bus *bus;
        FILE *told;
        struct Fake *fakes;
} Server;

static Server server = { .path = { .root_fd = -EBADF } };

/* ---- units ---- */

typedef struct Fake {
        Unit *unit;
        ActiveState then;
        sd_event_source *source;
        struct Fake *next;
} Fake;

static void drop(Fake *f) {
        for (Fake **at = &server.fakes; *at; at = &(*at)->next)
                if (*at == f) {
                        *at = f->next;
                        break;
                }
        sd_event_source_disable_unref(f->source);
        free(f);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata) {
        Fake *f = userdata;

        server.engine.now = clock_now();
        unit_notify(&server.engine, f->unit, f->then, (NotifyFlags){ 0 });
        drop(f);
        return 0;
}

static int go(Unit *u, ActiveState by_way_of, ActiveState then) {
        Fake *f;

        if (!text_after(u->id, "slow") && !text_after(u->id, "stuck")) {
                unit_notify(&server.engine, u, then, (NotifyFlags){ 0 });
                return UNIT_BEGUN;
        }
        unit_notify(&server.engine, u, by_way_of, (NotifyFlags){ 0 });
        if (text_after(u->id, "stuck") && then == ACTIVE_ACTIVE)
                return UNIT_BEGUN;
        f = calloc(1, sizeof(*f));
        if (!f)
                return -ENOMEM;
        *f = (Fake){ .unit = u, .then = then, .next = server.fakes };
        server.fakes = f;
        return sd_event_add_time_relative(server.event, &f->source, CLOCK_MONOTONIC, SLOW, 0,
                                          on_time, f) < 0
                       ? -ENOMEM
                       : UNIT_BEGUN;
}

static int fake_start(Unit *u, void *userdata) {
        return go(u, ACTIVE_ACTIVATING, text_after(u->id, "fail") ? ACTIVE_FAILED : ACTIVE_ACTIVE);
}

static int fake_stop(Unit *u, void *userdata) {
        return go(u, ACTIVE_DEACTIVATING, ACTIVE_INACTIVE);
}

static int fake_reload(Unit *u, void *userdata) {
        return go(u, ACTIVE_RELOADING, ACTIVE_ACTIVE);
}

static const UnitOps service = { .start = fake_start, .stop = fake_stop, .reload = fake_reload },
                     target = { .start = fake_start, .stop = fake_stop };

static const UnitOps *const types[UNIT_TYPES] = {
        [UNIT_SERVICE] = &service, [UNIT_TARGET] = &target, [UNIT_SLICE] = &target
};

static void forget(Unit *u, void *userdata) {
        for (Fake *f = server.fakes, *next; f; f = next) {
                next = f->next;
                if (f->unit == u)
                        drop(f);
        }
        bus_unit_forget(server.bus, u);
}

static void loaded(const Unit *u, const Diag *diag, void *userdata) {
        diag_print(diag, 0, "bus-server", stderr);
}

/* ---- hooks ---- */

static void said(const Unit *u, const Diag *diag, void *userdata) {
        diag_print(diag, 0, u ? u->id : "bus-server", stderr);
}

static void job_new(const Job *j, void *userdata) {
        bus_job_new(server.bus, j);
}

static void job_removed(const Job *j, void *userdata) {
        bus_job_removed(server.bus, j);
}

static void unit_changed(Unit *u, ActiveState before, void *userdata) {
        bus_unit_changed(server.bus, u);
}

static const EngineHooks hooks = {
        .job_new = job_new, .job_removed = job_removed, .unit_changed = unit_changed, .said = said
};

/* ---- what the bus asks for ---- */

static _printf_(1, 2) void tell(const char *format, ...) {
        va_list ap;

        va_start(ap, format);
        if (server.told)
                vfprintf(server.told, format, ap);
        va_end(ap);
}

static void describe(Unit *u, BusFacts *f, void *userdata) {
        if (u->type != UNIT_SERVICE || !unit_state_is_up(u->active))
                return;
        f->main_pid = f->exec_pid = (uint32_t)getpid();
        f->exec_start = u->active_enter;
        f->status = "well";
        snprintf(f->group, sizeof(f->group), "/test.slice/unit");
        f->invocation = "0123456789abcdef0123456789abcdef";
        f->usage.memory = 1048576;
}

static int ask_kill(Unit *u, BusWhom whom, int signal, void *userdata) {
        if (!unit_state_is_up(u->active))
                return -ESRCH;
        tell("kill %s %d %d\n", u->id, (int)whom, signal);
        return 0;
}

static void ask_processes(Unit *u, BusFound *found, void *found_userdata, void *userdata) {
        if (unit_state_is_up(u->active))
                found(getpid(), "/test.slice/unit", found_userdata);
}

static Unit *ask_unit(pid_t pid, void *userdata) {
        return pid == getpid() ? registry_find(server.registry, "a.service") : NULL;
}

static int ask_reload(Diag *diag, void *userdata) {
        int r = registry_reload(server.registry, diag);

        tell("reload\n");
        return MIN_OF(r, 0);
}

static int ask_reexecute(void *userdata) {
        tell("reexecute\n");
        return sd_event_exit(server.event, 0);
}

static int ask_end(BusEnd how, int status, void *userdata) {
        tell("end %d %d\n", (int)how, status);
        return 0;
}

static int ask_apply(Unit *u, void *userdata) {
        tell("apply %s\n", u->id);
        return 0;
}

static char **variables;

static char **ask_environment(void *userdata) {
        return variables;
}

/* Takes what is set for all there is. */
static int ask_change(char *const *unset, char *const *set, void *userdata) {
        strv_free(variables);
        variables = NULL;
        return strv_add_all(&variables, set);
}

static const BusOps ops = { .describe = describe,
                            .kill = ask_kill,
                            .processes = ask_processes,
                            .unit_of_pid = ask_unit,
                            .reload = ask_reload,
                            .reexecute = ask_reexecute,
                            .end = ask_end,
                            .apply = ask_apply,
                            .environment = ask_environment,
                            .change_environment = ask_change };

/* ---- the loop ---- */

static int on_post(sd_event_source *source, void *userdata) {
        server.engine.now = clock_now();
        while (job_queue_run(&server.engine))
                ;
        bus_turn(server.bus);
        return 0;
}

int bus_world_begin(const BusWorldSetup *setup, Diag *diag, sd_event **ret) {
        BusSetup bus = { .engine = &server.engine,
                         .ops = &ops,
                         .settings = setup->settings,
                         .settings_run = setup->settings,
                         .readers = setup->readers };
        int r = sd_event_new(&server.event);

        server.told = setup->told;
        if (r >= 0)
                r = load_path_init(&server.path, NULL, setup->units, diag);
        if (r >= 0)
                r = registry_new(&(RegistrySetup){ .path = &server.path,
                                                   .ops = types,
                                                   .forget = forget,
                                                   .said = loaded },
                                 diag, &server.registry);
        if (r < 0)
                return r;
        engine_init(&server.engine, server.registry, &hooks, NULL);
        server.engine.now = clock_now();
        bus.event = server.event;
        bus.socket = bus_listen(setup->socket);
        r = bus.socket < 0 ? bus.socket : bus_new(&bus, &server.bus);
        if (r >= 0)
                r = bus_admit(setup->socket, setup->readers);
        if (r >= 0)
                r = sd_event_add_post(server.event, NULL, on_post, NULL);
        *ret = server.event;
        return r;
}

void bus_world_end(void) {
        bus_free(server.bus);
        server.bus = NULL;
        engine_done(&server.engine);
        registry_free(server.registry);
        while (server.fakes)
                drop(server.fakes);
        strv_free(variables);
        variables = NULL;
        load_path_done(&server.path);
        sd_event_unref(server.event);
        server = (Server){ .path = { .root_fd = -EBADF } };
}
