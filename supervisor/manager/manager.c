/*
 * The loop. Every event ends in turn(): the engine runs what can run, records are written, statuses
 * are acknowledged, the timer is set to whatever is due next.
 *
 * A new manager collects from svinit and from the records before it does anything, so that to it a
 * crash is what an upgrade is.
 */
#include "supervisor/manager/manager.h"

#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/kernel-word.h"
#include "base/say.h"
#include "supervisor/manager/device.h"
#include "supervisor/manager/ending.h"
#include "supervisor/manager/generator.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/leftovers.h"
#include "supervisor/manager/manager-environment.h"
#include "supervisor/manager/manager-notify.h"
#include "supervisor/manager/place.h"
#include "supervisor/manager/serve.h"
#include "supervisor/manager/service.h"
#include "supervisor/manager/startup.h"
#include "supervisor/manager/system-bus.h"
#include "supervisor/manager/transaction.h"
#include "supervisor/manager/unit-condition.h"
#include "supervisor/manager/unit-notify.h"
#include "supervisor/manager/unit-record.h"
#include "supervisor/manager/unit-simple.h"

#define STARTED         "../started"
#define SWEEP           (60 * CLOCK_SECOND)
#define SWEEP_TRANSIENT CLOCK_SECOND

void manager_say(const Unit *u, const char *format, ...) {
        char text[1024];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof(text), format, ap);
        va_end(ap);
        say(false, "svmanager", "%s%s%s", u ? u->id : "", u ? ": " : "", text);
}

/* ---- records ---- */

void manager_mark(Manager *m, Unit *u) {
        if (u->unsaved)
                return;
        u->unsaved = true;
        u->unsaved_next = m->unsaved;
        m->unsaved = u;
}

int manager_flush(Manager *m) {
        Unit *failed = NULL;
        int result = 0;

        while (m->unsaved) {
                Unit *u = m->unsaved;
                int r = unit_record_save(m->directory, u);

                m->unsaved = u->unsaved_next;
                if (r >= 0) {
                        u->unsaved = u->unsaved_said = false;
                        continue;
                }
                if (!u->unsaved_said)
                        manager_say(u,
                                    "its record " MANAGER_RUN_DIRECTORY
                                    "/units/%s cannot be written: %s",
                                    u->id, strerror(-r));
                u->unsaved_said = true;
                u->unsaved_next = failed;
                failed = u;
                result = r;
        }
        m->unsaved = failed;
        return result;
}

int manager_flush_unit(Manager *m, const Unit *u) {
        int r = manager_flush(m);

        return u->unsaved ? r : 0;
}

/* ---- requests ---- */

int manager_request(Manager *m, const ManagerRequest *request) {
        _cleanup_(diag_done) Diag diag = { 0 };
        Unit *u;
        int r = registry_load(m->registry, request->unit, &diag, &u);

        if (r >= 0)
                r = transaction_run(&m->engine,
                                    &(TransactionRequest){ .unit = u,
                                                           .type = request->type,
                                                           .mode = request->mode,
                                                           .asked_by = request->asked_by },
                                    &diag, NULL);
        diag_print(&diag, 0, "svmanager", stderr);
        return r;
}

void manager_reloaded(Manager *m) {
        REGISTRY_FOREACH(u, m->registry) {
                if (!u->marked)
                        continue;
                if (service_known(u))
                        service_reloaded(service_known(u));
                unit_notify_loaded(&m->engine, u);
        }
}

void manager_leave(Manager *m) {
        (void)manager_flush(m);
        (void)sd_event_exit(m->event, EXIT_SUCCESS);
}

/* ---- the engine's hooks ---- */

static void job_new_hook(const Job *j, void *userdata) {
        Manager *m = userdata;

        manager_mark(m, j->unit);
        bus_job_new(m->bus, j);
}

static void job_changed_hook(const Job *j, void *userdata) {
        Manager *m = userdata;

        manager_mark(m, j->unit);
        bus_job_changed(m->bus, j);
}

static void job_removed_hook(const Job *j, void *userdata) {
        Manager *m = userdata;
        Service *s = service_known(j->unit);

        manager_mark(m, j->unit);
        bus_job_removed(m->bus, j);
        /* kept for a start that is not going to be; one that failed may be tried again */
        if (s && (s->state == SUB_DEAD || s->state == SUB_FAILED) && !j->unit->job)
                service_notify_drop_fds(s);
}

static void unit_hook(Unit *u, ActiveState before, void *userdata) {
        Manager *m = userdata;
        Service *s = service_known(u);

        manager_mark(m, u);
        bus_unit_changed(m->bus, u);
        if (s)
                service_follow_unit(s);
        if (u->active == ACTIVE_FAILED || !unit_state_is_down(before) ||
            !unit_state_is_down(u->active))
                manager_say(u, "%s", unit_state_active_name(u->active));
        if (unit_state_is_up(u->active) && !unit_state_is_up(before))
                ending_unit_up(m, u);
        if (unit_state_is_down(u->active) && m->next_sweep == CLOCK_FOREVER)
                m->next_sweep = m->engine.now + SWEEP;
        /* the file of one goes with it, and the name is free again */
        if (unit_state_is_down(u->active) && serve_is_transient(u))
                m->next_sweep = MIN_OF(m->next_sweep, m->engine.now + SWEEP_TRANSIENT);
}

static void said_hook(const Unit *u, const Diag *diag, void *userdata) {
        diag_print(diag, 0, u ? u->id : "svmanager", stderr);
}

/* What loading units has to say. */
static void loaded_hook(const Unit *u, const Diag *diag, void *userdata) {
        diag_print(diag, 0, "svmanager", stderr);
}

static void told_hook(Unit *u, void *userdata) {
        Manager *m = userdata;

        manager_mark(m, u);
        bus_unit_changed(m->bus, u);
}

static void action_hook(Unit *u, EmergencyAction action, int exit_status, const char *reason,
                        void *userdata) {
        ending_action(userdata, u, action, exit_status, reason);
}

static bool conditions_hook(Unit *u, void *userdata) {
        return !u->settings.has_conditions || unit_condition_hold(userdata, u, false);
}

static bool asserts_hook(Unit *u, void *userdata) {
        return !u->settings.has_asserts || unit_condition_hold(userdata, u, true);
}

static const EngineHooks hooks = {
        .conditions_hold = conditions_hook,
        .asserts_hold = asserts_hook,
        .job_new = job_new_hook,
        .job_changed = job_changed_hook,
        .job_removed = job_removed_hook,
        .unit_changed = unit_hook,
        .told = told_hook,
        .said = said_hook,
        .action = action_hook,
};

static const UnitOps *const ops[UNIT_TYPES] = {
        [UNIT_SERVICE] = &service_ops,
        [UNIT_TARGET] = &unit_simple_target_ops,
        [UNIT_SLICE] = &unit_simple_slice_ops,
        [UNIT_DEVICE] = &device_ops,
        [UNIT_SOCKET] = &unit_simple_unsupported_ops,
        [UNIT_MOUNT] = &service_mount_ops,
        [UNIT_AUTOMOUNT] = &unit_simple_unsupported_ops,
        [UNIT_SWAP] = &service_swap_ops,
        [UNIT_TIMER] = &unit_simple_unsupported_ops,
        [UNIT_PATH] = &unit_simple_unsupported_ops,
        [UNIT_SCOPE] = &service_scope_ops,
};

static void forget(Unit *u, void *userdata) {
        Manager *m = userdata;

        for (Unit **at = &m->unsaved; *at; at = &(*at)->unsaved_next)
                if (*at == u) {
                        *at = u->unsaved_next;
                        break;
                }
        bus_unit_forget(m->bus, u);
        if (service_known(u))
                service_free(service_known(u));
        device_forget(u);
        if (serve_is_transient(u)) {
                (void)unlink(u->fragment);
                m->files_gone = true;
        }
        (void)unlinkat(m->directory, u->id, 0);
}

/* ---- each turn ---- */

static void expire(Manager *m) {
        uint64_t now = clock_now();

        m->engine.now = now;
        REGISTRY_FOREACH(u, m->registry)
        if (service_known(u) && service_deadline(service_known(u)) <= now)
                service_expire(service_known(u), now);
        job_queue_expire(&m->engine);
        if (m->next_sweep <= now) {
                m->next_sweep = CLOCK_FOREVER;
                (void)manager_flush(m);
                (void)registry_collect(m->registry);
                if (m->files_gone)
                        (void)registry_reload(m->registry, NULL);
                m->files_gone = false;
        }
}

static uint64_t next_deadline(const Manager *m) {
        uint64_t deadline = MIN_OF(MIN_OF(job_queue_deadline(&m->engine), m->next_sweep),
                                   system_bus_deadline(m));

        REGISTRY_FOREACH(u, m->registry)
        if (service_known(u))
                deadline = MIN_OF(deadline, service_deadline(service_known(u)));
        return deadline;
}

/* Reading units takes memory that nobody needs when the jobs are done. */
static void give_back(Manager *m) {
        bool busy = m->engine.n_jobs > 0;

        if (m->was_busy && !busy)
                (void)malloc_trim(0);
        m->was_busy = busy;
}

static void turn(Manager *m) {
        bool more;

        m->engine.now = clock_now();
        device_follow_new(m);
        more = job_queue_run(&m->engine);
        startup_turn(m);
        system_bus_follow(m);
        (void)manager_flush(m);
        link_acknowledge(&m->link);
        give_back(m);
        if (m->bus)
                bus_turn(m->bus);
        (void)sd_event_source_set_time(m->timer, more ? 0 : next_deadline(m));
        (void)sd_event_source_set_enabled(m->timer, SD_EVENT_ONESHOT);
}

static int on_post(sd_event_source *source, void *userdata) {
        Manager *m = userdata;

        if (m->begun)
                turn(m);
        return 0;
}

static int on_group(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Manager *m = userdata;
        int watch;

        while ((watch = group_next_event(&m->groups)) >= 0)
                REGISTRY_FOREACH(u, m->registry)
        if (service_known(u) &&
            (service_known(u)->watch == watch || service_known(u)->watch_memory == watch))
                service_group_changed(service_known(u));
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        Manager *m = userdata;

        if (!m->begun)
                return 0;
        /* what a service said in time counts, also when nobody was there to hear it */
        manager_notify_take(m);
        expire(m);
        return 0;
}

/* ---- svinit ---- */

static void on_status(const LinkStatus *status, void *userdata) {
        Manager *m = userdata;

        m->engine.now = clock_now();
        if (leftovers_ended(m, status->pid))
                return;
        /* whose the last words of the process are can be told only before its end is known */
        manager_notify_take(m);
        REGISTRY_FOREACH(u, m->registry)
        if (service_known(u) && service_process_ended(service_known(u), status))
                return;
        /* a process that a service has left, or one that was never ours to know */
}

static void on_signal(int number, void *userdata) {
        Manager *m = userdata;

        /* taken first: one that ends this manager must not end the next one, too */
        link_taken(&m->link, number);
        m->engine.now = clock_now();
        ending_signal(m, number);
}

static void on_lost(int error, void *userdata) {
        Manager *m = userdata;

        manager_say(NULL, "the talk with svinit has ended: %s", strerror(-error));
        (void)manager_flush(m);
        (void)sd_event_exit(m->event, EXIT_FAILURE);
}

static int resume(Manager *m) {
        int r = device_begin(m);

        if (r < 0)
                manager_say(NULL, "events of devices cannot be heard: %s", strerror(-r));
        r = place_begin(m);
        if (r >= 0)
                r = unit_record_load_all(m);
        if (r < 0)
                return r;
        REGISTRY_FOREACH(u, m->registry)
        if (service_known(u))
                service_record_resume(service_known(u));
        for (size_t i = 0; i < m->link.n_statuses; i++)
                on_status(&m->link.statuses[i], m);
        REGISTRY_FOREACH(u, m->registry)
        if (service_known(u) && service_known(u)->group)
                service_group_changed(service_known(u));
        place_follow(m);
        link_drop_untaken(&m->link);
        return 0;
}

/* The kernel's command line is the machine's, and means nothing in a container. */
static const char *first_unit(const Manager *m, char room[static UNIT_NAME_MAX]) {
        if (m->first_unit)
                return m->first_unit;
        if ((m->link.hello.flags & INIT_IS_MACHINE) &&
            (kernel_word("svalinn.unit", room, UNIT_NAME_MAX) ||
             kernel_word("systemd.unit", room, UNIT_NAME_MAX)) &&
            unit_name_is_valid(room))
                return room;
        return "default.target";
}

/* The first manager starts the first unit. The mark is made when the jobs are recorded. */
static int start_first(Manager *m) {
        char room[UNIT_NAME_MAX];
        const char *unit = first_unit(m, room);
        int r;

        if (faccessat(m->directory, STARTED, F_OK, 0) == 0)
                return 0;
        r = manager_request(m, &(ManagerRequest){ unit, JOB_START, JOB_MODE_REPLACE, "the boot" });
        if (r < 0) {
                manager_say(NULL, "%s cannot be started; trying rescue.target", unit);
                r = manager_request(m, &(ManagerRequest){ "rescue.target", JOB_START,
                                                          JOB_MODE_REPLACE, "the boot" });
        }
        if (r < 0)
                manager_say(NULL, "nothing is there to be started");
        (void)manager_flush(m);
        return file_replace_at(m->directory, STARTED, "", 0600);
}

static int begin(Manager *m) {
        _cleanup_(diag_done) Diag diag = { 0 };
        bool adjacent = m->link.hello.flags & INIT_IS_ADJACENT;
        int r;

        m->engine.now = clock_now();
        r = group_tree_open(&m->groups, adjacent, &diag);
        diag_print(&diag, 0, "svmanager", stderr);
        if (r < 0) /* KillMode= and NotifyAccess= cannot do without */
                return r;
        m->groups.registry = m->registry;
        m->groups.startup = true;
        r = sd_event_add_io(m->event, NULL, m->groups.watch, EPOLLIN, on_group, m);
        if (r >= 0)
                r = manager_notify_open(m);
        if (r >= 0)
                serve_begin(m);
        /* what cannot be had of it was said, and is no reason not to begin */
        if (r >= 0 && generator_run(m) > 0)
                r = registry_reload(m->registry, NULL);
        if (r >= 0)
                r = resume(m);
        if (r >= 0)
                serve_sweep(m);
        if (r >= 0)
                r = start_first(m);
        if (r >= 0)
                r = link_ready(&m->link);
        if (r >= 0)
                leftovers_begin(m);
        m->begun = r >= 0;
        return r;
}

static void on_synced(void *userdata) {
        Manager *m = userdata;
        int r = begin(m);

        if (r >= 0)
                return;
        manager_say(NULL, "cannot begin: %s", strerror(-r));
        (void)sd_event_exit(m->event, EXIT_FAILURE);
}

static const LinkHandlers link_handlers = {
        .synced = on_synced, .status = on_status, .signal = on_signal, .lost = on_lost
};

/* ---- beginning and end ---- */

static int on_term(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata) {
        manager_leave(userdata);
        return 0;
}

static int open_directory(Manager *m) {
        static const char *const parts[] = { "/run/svalinn", MANAGER_RUN_DIRECTORY,
                                             MANAGER_RUN_DIRECTORY "/units" };

        for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
                if (mkdir(parts[i], i == 0 ? 0755 : 0700) < 0 && errno != EEXIST)
                        return -errno;
        m->directory = fd_open_nofollow(AT_FDCWD, parts[2], O_RDONLY | O_DIRECTORY, 0);
        return MIN_OF(m->directory, 0);
}

/* svexec is beside this program. */
static int find_executor(Manager *m) {
        char own[PATH_MAX];
        ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);
        char *slash;

        if (n < 0)
                return -errno;
        own[n] = '\0';
        slash = strrchr(own, '/');
        if (!slash || asprintf(&m->executor, "%.*s/svexec", (int)(slash - own), own) < 0)
                return -ENOMEM;
        return 0;
}

/* What this process ignores, services would ignore, too: nothing but SIGPIPE, which spawn() knows
 * of. */
static void set_signals(void) {
        sigset_t term;

        for (int s = 1; s < NSIG; s++) {
                struct sigaction now;

                if (sigaction(s, NULL, &now) == 0 && now.sa_handler == SIG_IGN)
                        (void)signal(s, SIG_DFL);
        }
        (void)signal(SIGPIPE, SIG_IGN);
        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        (void)sigprocmask(SIG_BLOCK, &term, NULL);
}

static int open_loop(Manager *m) {
        int r = sd_event_new(&m->event);

        set_signals();
        if (r >= 0)
                r = sd_event_add_signal(m->event, NULL, SIGTERM, on_term, m);
        if (r >= 0)
                r = sd_event_add_post(m->event, NULL, on_post, m);
        if (r >= 0)
                r = sd_event_add_time(m->event, &m->timer, CLOCK_MONOTONIC, UINT64_MAX, 0, on_timer,
                                      m);
        return r < 0 ? r : link_init(&m->link, m->event, &link_handlers, m);
}

static int set_up(Manager *m) {
        _cleanup_(diag_done) Diag diag = { 0 };
        struct rlimit files;
        int r;

        if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
                files.rlim_cur = files.rlim_max;
                (void)setrlimit(RLIMIT_NOFILE, &files);
        }
        r = find_executor(m);
        if (r >= 0)
                r = open_directory(m);
        if (r >= 0 && manager_environment_restore(m) < 0)
                manager_say(NULL, "the variables from set-environment cannot be read; there are "
                                  "none now");
        if (r >= 0)
                r = load_path_init(&m->path, NULL, getenv("SYSTEMD_UNIT_PATH"), &diag);
        if (r >= 0)
                r = registry_new(&(RegistrySetup){ .path = &m->path,
                                                   .ops = ops,
                                                   .forget = forget,
                                                   .said = loaded_hook,
                                                   .userdata = m },
                                 &diag, &m->registry);
        diag_print(&diag, 0, "svmanager", stderr);
        if (r < 0)
                return r;
        engine_init(&m->engine, m->registry, &hooks, m);
        m->next_sweep = clock_now() + SWEEP;
        return open_loop(m);
}

int manager_run(Manager *m) {
        int r = set_up(m);

        if (r < 0) {
                manager_say(NULL, "cannot begin: %s", strerror(-r));
                return EXIT_FAILURE;
        }
        r = sd_event_loop(m->event);
        /* the next manager goes on from the records; nothing is freed that the kernel frees */
        return r < 0 ? EXIT_FAILURE : r;
}
