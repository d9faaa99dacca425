/*
 * What the steps of the table do. Each leaves the service so that a manager that takes over in the
 * middle can do it again: making is idempotent, signals may come twice.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/machine-id.h"
#include "supervisor/manager/group-attribute.h"
#include "supervisor/manager/group-path.h"
#include "supervisor/manager/group-usage.h"
#include "supervisor/manager/place.h"
#include "supervisor/manager/service-kind.h"
#include "supervisor/manager/service.h"
#include "supervisor/manager/unit-notify.h"

#define IDLE_WAIT (5 * CLOCK_SECOND)

/* ---- beginning ---- */

static int make_group(Service *s) {
        GroupTree *t = &s->manager->groups;
        _cleanup_fd_ int fd = -EBADF;
        int r;

        if (t->root < 0)
                return 0;
        if (!s->group) {
                r = group_path_of(s->unit, &s->group);
                if (r < 0)
                        return r;
        }
        fd = group_make(t, s->group);
        if (fd < 0)
                return fd;
        /* what an earlier run has made below; where some of it still runs, that stays */
        (void)group_prune(t, s->group);
        r = group_bound(t, s->group);
        if (r < 0)
                return r;
        s->watch = group_watch(t, s->group, "cgroup.events");
        return MIN_OF(s->watch, 0);
}

/* Where a controller is missing, that is said; under Enforce=strict nothing is started. */
static int set_limits(Service *s) {
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_(strbuf_done) StrBuf lines = { 0 };
        GroupTree *t = &s->manager->groups;
        const Config *c = service_config(s);
        int r = c ? group_attribute_apply(t, s->group ? s->group : "-", c, s->unit, &diag) : -EIO;

        for (size_t i = 0; i < diag.n; i++) {
                _cleanup_free_ char *line = NULL;

                if (diag_entry_format(&diag.entries[i], &line) >= 0)
                        strbuf_addf(&lines, "%s\n", line);
        }
        service_left_take(s, LEFT_BY_MANAGER, lines.text && lines.error >= 0 ? lines.text : "");
        s->enforced[LEFT_BY_MANAGER] = (uint32_t)MAX_OF(r, 0);
        s->has_startup = c && group_attribute_has_startup(c);
        if (r < 0)
                service_past_blame(s, "its limits cannot be set: %s",
                                   diag.n > 0 ? diag.entries[diag.n - 1].message : strerror(-r));
        if (r < 0 || !s->group)
                return r;
        s->oom_kills = group_usage_oom_kills(t, s->group);
        s->watch_memory = group_watch(t, s->group, "memory.events"); /* where there is one */
        return 0;
}

int service_action_begin_run(Service *s) {
        int r = machine_id_new(s->invocation);

        if (r >= 0)
                r = make_group(s);
        if (r < 0)
                service_past_blame(s, "its control group cannot be made: %s", strerror(-r));
        return r < 0 ? r : set_limits(s);
}

static ServiceEvent do_begin(Service *s) {
        int r;

        service_past_forget(s);
        s->result = RESULT_SUCCESS;
        s->main_code = s->main_status = 0;
        s->main = s->control = 0;
        s->stranger = sd_event_source_disable_unref(s->stranger);
        s->restarts = s->restarting ? s->restarts + 1 : 0;
        s->restarting = s->again = s->says_reloading = s->says_stopping = false;
        s->reload_failed = s->waits_idle = s->name_lost = false;
        s->watchdog_at = s->runtime_end = CLOCK_FOREVER;
        s->watchdog = 0;
        s->status_errno = 0;
        free(s->status_text);
        s->status_text = NULL;
        s->usage = USAGE_UNKNOWN;
        s->enforced[LEFT_BY_EXECUTOR] = 0;
        service_health_forget(s);
        r = service_action_begin_run(s);
        if (r >= 0)
                return service_command_first(s);
        service_set_result(s, RESULT_RESOURCES);
        return EVENT_FAILED;
}

/* Is something else being done? Type=idle waits for that, for a while. */
static bool others_are_busy(const Service *s) {
        for (const Job *j = s->manager->engine.jobs; j; j = j->next) {
                const Service *other = service_known(j->unit);

                if (j->state == JOB_RUNNING && j->unit != s->unit && !(other && other->waits_idle))
                        return true;
        }
        return false;
}

static ServiceEvent do_main(Service *s) {
        ServiceEvent event = service_kind(s)->prepare ? service_kind(s)->prepare(s) : EVENT_NONE;

        if (event != EVENT_NONE)
                return event;

        if (s->settings.type == SERVICE_IDLE && !s->acted && others_are_busy(s)) {
                s->waits_idle = s->acted = true;
                service_set_deadline(s, IDLE_WAIT);
                return EVENT_NONE;
        }
        event = service_command_first(s);
        return event == EVENT_DONE ? EVENT_READY : event; /* there is none */
}

/* ---- running ---- */

static uint64_t by_chance(uint64_t max) {
        uint64_t n = 0;
        char text[MACHINE_ID_SIZE];

        if (max > 0 && max != CLOCK_FOREVER && machine_id_new(text) >= 0)
                memcpy(&n, text, sizeof(n));
        return max > 0 ? n % max : 0;
}

static void watch_time(Service *s) {
        uint64_t now = clock_now(), max = s->settings.runtime_max;

        if (s->runtime_end == CLOCK_FOREVER && max < CLOCK_FOREVER - now) {
                s->runtime_end = now + max;
                s->runtime_end += by_chance(s->settings.runtime_extra);
        }
        s->deadline = s->runtime_end;
        if (s->watchdog_at == CLOCK_FOREVER && s->settings.watchdog > 0 && s->watchdog == 0)
                s->watchdog_at = now + s->settings.watchdog;
}

static ServiceEvent do_up(Service *s) {
        if (!service_is_good(s) || s->result != RESULT_SUCCESS)
                return service_end_event(s);
        watch_time(s);
        service_health_begin(s);
        service_drop_config(s);
        if (s->says_stopping)
                return EVENT_STOPPING;
        return s->says_reloading ? EVENT_RELOADING : EVENT_NONE;
}

static ServiceEvent do_signal(Service *s) {
        int r;

        if (s->settings.type != SERVICE_NOTIFY_RELOAD)
                return EVENT_READY;
        s->reload_begin = clock_now();
        s->says_reloading = false;
        service_set_deadline(s, s->settings.timeout_start);
        (void)manager_flush(s->manager);
        r = s->group && s->main > 0 ? group_signal(&s->manager->groups, s->group, s->main,
                                                   s->settings.reload_signal)
                                    : -ESRCH;
        s->acted = true;
        s->reload_failed = r < 0;
        return r < 0 ? EVENT_READY : EVENT_NONE;
}

static ServiceEvent do_await(Service *s) {
        bool stops = s->state == SUB_STOP_SIGTERM;

        s->acted = true;
        s->says_stopping = false;
        if (stops)
                s->watchdog_at = CLOCK_FOREVER;
        else
                s->says_reloading = false;
        service_set_deadline(s, stops ? s->settings.timeout_stop : s->settings.timeout_start);
        return stops && !service_waits(s) ? EVENT_DONE : EVENT_NONE;
}

/* ---- ending ---- */

typedef struct Kill {
        const Service *service;
        int signal;
} Kill;

static void kill_one(pid_t pid, void *userdata) {
        const Kill *k = userdata;
        const Service *s = k->service;

        /* the two were signalled already */
        if (pid != s->main && pid != s->control)
                (void)group_signal(&s->manager->groups, s->group, pid, k->signal);
}

static void kill_known(const Service *s, int signal) {
        const pid_t pids[] = { s->main, s->control };

        for (size_t i = 0; i < ARRAY_SIZE(pids); i++)
                if (pids[i] > 0 && s->group)
                        (void)group_signal(&s->manager->groups, s->group, pids[i], signal);
}

static void kill_all(const Service *s, int signal, bool others) {
        Kill k = { .service = s, .signal = signal };

        kill_known(s, signal);
        if (!others || !s->group)
                return;
        if (signal == SIGKILL && group_kill(&s->manager->groups, s->group) >= 0)
                return;
        group_each(&s->manager->groups, s->group, kill_one, &k);
}

static bool restart_follows(const Service *s) {
        return s->unit->job && s->unit->job->type == JOB_RESTART;
}

static int signal_of(const Service *s) {
        if (s->state == SUB_STOP_WATCHDOG || s->state == SUB_FINAL_WATCHDOG)
                return s->settings.watchdog_signal;
        if (s->state == SUB_STOP_SIGKILL || s->state == SUB_FINAL_SIGKILL)
                return s->settings.final_signal;
        return restart_follows(s) ? s->settings.restart_kill_signal : s->settings.kill_signal;
}

static ServiceEvent do_kill(Service *s) {
        bool last = s->state == SUB_STOP_SIGKILL || s->state == SUB_FINAL_SIGKILL;
        bool abort = s->state == SUB_STOP_WATCHDOG || s->state == SUB_FINAL_WATCHDOG;
        bool others = s->settings.kill_mode == KILL_CONTROL_GROUP ||
                      (s->settings.kill_mode == KILL_MIXED && last);
        int signal = signal_of(s);

        s->watchdog_at = CLOCK_FOREVER;
        s->waits_idle = false;
        if ((last && !s->settings.send_sigkill) || !service_waits(s))
                return EVENT_DONE;
        service_set_deadline(s, abort ? s->settings.timeout_abort : s->settings.timeout_stop);
        (void)manager_flush(s->manager);
        if (s->group) /* nobody hears a signal in a frozen group */
                (void)group_thaw(&s->manager->groups, s->group);
        kill_all(s, signal, others);
        if (signal != SIGKILL && signal != SIGCONT)
                kill_all(s, SIGCONT, others);
        if (!last && !abort && s->settings.send_sighup)
                kill_all(s, SIGHUP, others);
        s->acted = true; /* not before: a manager that dies here has the next one do it again */
        service_mark(s);
        return service_waits(s) ? EVENT_NONE : EVENT_DONE;
}

static bool stop_follows(const Service *s) {
        return s->unit->job && s->unit->job->type == JOB_STOP;
}

/* A mount may be there in spite of all that was done: it was busy, or is somebody else's. */
static bool stays(const Service *s) {
        if (!service_kind(s)->is_there)
                return false;
        (void)place_read(s->manager, s->unit->type);
        return service_kind(s)->is_there(s);
}

static ServiceEvent do_judge(Service *s) {
        bool failed = s->result != RESULT_SUCCESS && s->result != RESULT_EXEC_CONDITION;
        bool again = !s->forbid_restart && !s->manager->ending && !stop_follows(s) &&
                     service_settings_restarts(&s->settings, (ServiceResult)s->result, s->main_code,
                                               s->main_status);

        if (stays(s))
                return EVENT_FOUND;
        if (!again)
                return failed ? EVENT_LOST : EVENT_SUCCEEDED;
        if (s->settings.restart_mode == RESTART_MODE_NORMAL)
                unit_notify(&s->manager->engine, s->unit, failed ? ACTIVE_FAILED : ACTIVE_INACTIVE,
                            (NotifyFlags){ .will_restart = true,
                                           .no_action = s->result == RESULT_HEALTH });
        return EVENT_AGAIN;
}

static void remove_group(Service *s) {
        int r;

        if (!s->group)
                return;
        group_usage_read(&s->manager->groups, s->group, &s->usage);
        usage_keep(&s->usage);
        r = group_remove(&s->manager->groups, s->group);
        if (r == -EBUSY) /* KillMode= has left processes; it is removed with the next run */
                manager_say(s->unit, "processes of it are left");
        free(s->group);
        s->group = NULL;
        s->watch = s->watch_memory = -1;
}

static ServiceEvent do_rest(Service *s) {
        s->watchdog_at = s->runtime_end = CLOCK_FOREVER;
        s->main = s->control = 0;
        service_talk_close(s);
        service_talk_forget(s);
        service_health_forget(s);
        if (!s->unit->job) /* a restart keeps them */
                service_notify_drop_fds(s);
        service_drop_config(s);
        remove_group(s);
        return EVENT_NONE;
}

static ServiceEvent do_schedule(Service *s) {
        s->watchdog_at = s->runtime_end = CLOCK_FOREVER;
        s->main = s->control = 0;
        service_health_forget(s);
        service_drop_config(s);
        service_set_deadline(s, service_settings_delay(&s->settings, s->restarts));
        return EVENT_NONE;
}

static ServiceEvent do_restart(Service *s) {
        const Job *j = s->unit->job;
        char asked_by[512];

        /* if the job is taken away, it is asked for again */
        service_set_deadline(s, CLOCK_SECOND + s->settings.restart_sec);
        if (j && j->type == JOB_STOP) /* whoever asked for that must not lose it to a restart */
                return EVENT_NONE;
        s->restarting = true;
        snprintf(asked_by, sizeof(asked_by), "its Restart=%s%s%s",
                 enums_restart.names[s->settings.restart], s->failure ? ", as " : "",
                 s->failure ? s->failure : "");
        if (manager_request(s->manager, &(ManagerRequest){ s->unit->id, JOB_RESTART,
                                                           JOB_MODE_REPLACE, asked_by }) >= 0)
                return EVENT_NONE;
        service_past_blame(s, "its restart cannot be asked for");
        service_set_result(s, RESULT_RESOURCES);
        return EVENT_FAILED;
}

static ServiceEvent do_nothing(Service *s) {
        bool (*is_there)(const Service *s) = service_kind(s)->is_there;

        s->watchdog_at = CLOCK_FOREVER;
        service_drop_config(s);
        if (!is_there)
                return EVENT_NONE;
        s->result = RESULT_SUCCESS;
        return is_there(s) ? EVENT_NONE : EVENT_GONE;
}

ServiceEvent service_action(Service *s, ServiceAction action) {
        static ServiceEvent (*const actions[SERVICE_ACTIONS])(Service *) = {
                [DO_NOTHING] = do_nothing,
                [DO_BEGIN] = do_begin,
                [DO_COMMANDS] = service_command_first,
                [DO_MAIN] = do_main,
                [DO_UP] = do_up,
                [DO_SIGNAL] = do_signal,
                [DO_KILL] = do_kill,
                [DO_AWAIT] = do_await,
                [DO_FINISH] = service_command_finish,
                [DO_JUDGE] = do_judge,
                [DO_REST] = do_rest,
                [DO_SCHEDULE] = do_schedule,
                [DO_RESTART] = do_restart,
        };

        return actions[action](s);
}
