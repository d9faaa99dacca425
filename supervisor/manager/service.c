/*
 * The engine's operations, and the way of events through the table. Actions return the event that
 * follows instead of causing it, so that nothing here calls itself, and a unit's state is told to
 * the engine once a step.
 */
#include "supervisor/manager/service.h"

#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "supervisor/manager/group-usage.h"
#include "supervisor/manager/place.h"
#include "supervisor/manager/service-kind.h"
#include "supervisor/manager/system-bus.h"
#include "supervisor/manager/unit-load.h"
#include "supervisor/manager/unit-notify.h"

#define STACK_MAX 32 /* mounts on one place */

/* ---- beginning and end ---- */

Service *service_known(const Unit *u) {
        return service_kind_has(u->type) ? u->data : NULL;
}

Service *service_of(Manager *m, Unit *u) {
        Service *s = u->data;

        if (s)
                return s;
        s = calloc(1, sizeof(Service));
        if (!s)
                return NULL;
        s->manager = m;
        s->unit = u;
        s->state = SUB_DEAD;
        s->talk = -EBADF;
        s->watch = s->watch_memory = -1;
        s->usage = USAGE_UNKNOWN;
        s->health = SERVICE_HEALTH_NONE;
        s->deadline = s->watchdog_at = s->pid_file_at = s->runtime_end = CLOCK_FOREVER;
        u->data = s;
        return s;
}

void service_free(Service *s) {
        system_bus_forget(s);
        service_drop_config(s);
        service_talk_close(s);
        service_talk_forget(s);
        service_health_forget(s);
        service_left_free(s);
        service_notify_drop_fds(s);
        sd_event_source_disable_unref(s->stranger);
        service_settings_done(&s->settings);
        service_past_forget(s);
        free(s->group);
        free(s->status_text);
        free(s->without);
        free(s->pids);
        free(s);
}

/* ---- settings ---- */

const Config *service_config(Service *s) {
        _cleanup_(diag_done) Diag diag = { 0 };
        int r;

        if (s->config)
                return s->config;
        s->config = calloc(1, sizeof(Config));
        r = s->config ? config_init(s->config) : -ENOMEM;
        if (r >= 0)
                r = unit_load_config(s->manager->registry, s->unit, &diag, s->config);
        if (r >= 0 && service_kind(s)->complete)
                r = service_kind(s)->complete(s, s->config);
        if (r >= 0)
                return s->config;
        manager_say(s->unit, "its settings cannot be read: %s", strerror(-r));
        service_drop_config(s);
        return NULL;
}

void service_drop_config(Service *s) {
        if (s->config)
                config_done(s->config);
        free(s->config);
        s->config = NULL;
}

int service_need_settings(Service *s) {
        const Config *c;
        int r;

        if (s->settings_known)
                return 0;
        c = service_config(s);
        r = c ? service_settings_take(c, &s->settings) : -EIO;
        s->settings_known = r >= 0;
        return r;
}

void service_reloaded(Service *s) {
        system_bus_forget(s); /* BusName= may be another one */
        service_settings_done(&s->settings);
        s->settings_known = false;
        service_drop_config(s);
        if (s->state != SUB_DEAD)
                (void)service_need_settings(s);
        service_drop_config(s);
}

/* ---- small changes ---- */

void service_mark(Service *s) {
        manager_mark(s->manager, s->unit);
}

void service_set_result(Service *s, ServiceResult result) {
        if (s->result == RESULT_SUCCESS)
                s->result = (uint8_t)result;
}

void service_set_deadline(Service *s, uint64_t span) {
        uint64_t now = clock_now();

        s->deadline = span >= CLOCK_FOREVER - now ? CLOCK_FOREVER : now + span;
}

/* ---- events ---- */

static void tell_engine(Service *s) {
        const NotifyFlags flags = { .reload_failed = s->reload_failed };

        unit_notify(&s->manager->engine, s->unit, service_fsm_active((ServiceState)s->state),
                    flags);
}

static void enter(Service *s, ServiceState state) {
        s->state = (uint8_t)state;
        s->acted = false;
        s->command = 0;
        s->deadline = s->pid_file_at = CLOCK_FOREVER;
        service_mark(s);
        service_health_follow(s);
}

void service_event(Service *s, ServiceEvent event) {
        while (event != EVENT_NONE) {
                const ServiceStep *step = service_fsm((ServiceState)s->state, event);
                bool is_up = step->action == DO_UP;

                if (step->to == SUB_NOWHERE)
                        return;
                enter(s, (ServiceState)step->to);
                if (!is_up)
                        tell_engine(s);
                event = service_action(s, (ServiceAction)step->action);
                /* it counts as active only if it is not over already */
                if (is_up && event == EVENT_NONE) {
                        tell_engine(s);
                        s->reload_failed = false;
                }
        }
}

void service_follow_unit(Service *s) {
        if (s->unit->active == ACTIVE_FAILED && s->state == SUB_DEAD) {
                s->state = SUB_FAILED;
                s->result = RESULT_START_LIMIT_HIT;
        } else if (s->unit->active == ACTIVE_INACTIVE && s->state == SUB_FAILED) {
                s->state = SUB_DEAD;
                s->result = RESULT_SUCCESS;
                service_past_pardon(s);
                s->restarts = 0;
        }
}

/* ---- operations ---- */

static int start(Unit *u, void *userdata) {
        Service *s = service_of(userdata, u);
        int r = s ? service_need_settings(s) : -ENOMEM;

        if (r < 0)
                return r;
        if (service_fsm_active((ServiceState)s->state) == ACTIVE_DEACTIVATING ||
            s->state == SUB_AUTO_RESTART)
                return UNIT_NOT_YET;
        s->forbid_restart = false;
        service_event(s, EVENT_START);
        return UNIT_BEGUN;
}

static int stop(Unit *u, void *userdata) {
        Service *s = service_of(userdata, u);
        int r = s ? service_need_settings(s) : -ENOMEM;

        if (r >= 0 && s->state == SUB_EXITED && service_kind(s)->is_there) {
                s->restarts = 0;
                /* what somebody else made needs a run for the commands that end it */
                r = s->group ? 0 : service_action_begin_run(s);
        }
        if (r < 0)
                return r;
        s->forbid_restart = true;
        service_mark(s);
        service_event(s, EVENT_STOP);
        return UNIT_BEGUN;
}

static int reload(Unit *u, void *userdata) {
        Service *s = service_of(userdata, u);
        int r = s ? service_need_settings(s) : -ENOMEM;

        if (r >= 0 && service_kind(s)->is_there)
                /* what somebody else made has no run yet for the command */
                r = s->group ? 0 : service_action_begin_run(s);
        if (r < 0)
                return r;
        s->reload_failed = false;
        service_event(s, EVENT_RELOAD);
        return UNIT_BEGUN;
}

static bool can_reload(const Unit *u, void *userdata) {
        Service *s = service_of(userdata, (Unit *)u);

        return s && service_need_settings(s) >= 0 && s->settings.can_reload;
}

const UnitOps service_ops = {
        .start = start,
        .stop = stop,
        .reload = reload,
        .can_reload = can_reload,
        .start_limited = true,
};

const UnitOps service_mount_ops = {
        .start = start,
        .stop = stop,
        .reload = reload,
        .can_reload = can_reload,
        .start_limited = true,
};

const UnitOps service_scope_ops = { .start = start, .stop = stop };

const UnitOps service_swap_ops = { .start = start, .stop = stop, .start_limited = true };

/* ---- what is mounted, or swapped to ---- */

/* Of a mount that has ended its command, the kernel is asked. */
static ServiceResult judge_made(const Service *s, ServiceResult result) {
        bool there;

        (void)place_read(s->manager, s->unit->type);
        there = service_kind(s)->is_there(s);
        if (there && result != RESULT_SUCCESS)
                manager_say(s->unit, "it is there all the same");
        if (!there && result == RESULT_SUCCESS)
                manager_say(s->unit, "its command has ended well, but it is not there");
        if (there)
                return RESULT_SUCCESS;
        return result == RESULT_SUCCESS ? RESULT_PROTOCOL : result;
}

/* Mounts can be stacked: all are unmounted, one by one. What cannot be unmounted stays. */
static ServiceEvent judge_ended(Service *s, ServiceResult result) {
        (void)place_read(s->manager, s->unit->type);
        if (!service_kind(s)->is_there(s))
                return EVENT_DONE;
        if (result == RESULT_SUCCESS && s->restarts++ < STACK_MAX)
                return service_command_again(s);
        manager_say(s->unit, "it could not be ended, and stays");
        return EVENT_FOUND;
}

/* ---- processes ---- */

ServiceEvent service_end_event(const Service *s) {
        if (s->result != RESULT_SUCCESS)
                return EVENT_ENDED_BADLY;
        return s->settings.remain_after_exit ? EVENT_ENDED_WELL : EVENT_ENDED;
}

static bool group_is_populated_of(const Service *s) {
        return s->group && group_is_populated(&s->manager->groups, s->group);
}

bool service_is_good(const Service *s) {
        if (s->name_lost)
                return false;
        if (s->main > 0)
                return true;
        /* a main process that has ended says it; one that was never known leaves it to the group */
        if (s->main_code != 0 && s->settings.exit_type != EXIT_TYPE_CGROUP)
                return false;
        return (s->settings.type == SERVICE_FORKING || s->settings.exit_type == EXIT_TYPE_CGROUP) &&
               group_is_populated_of(s);
}

bool service_waits(const Service *s) {
        bool kills = s->state == SUB_STOP_SIGKILL || s->state == SUB_FINAL_SIGKILL;

        if (s->settings.kill_mode == KILL_NONE)
                return false;
        if (s->main > 0 || s->control > 0 || s->health.pid > 0)
                return true;
        if (s->settings.kill_mode == KILL_CONTROL_GROUP ||
            (s->settings.kill_mode == KILL_MIXED && kills))
                return group_is_populated_of(s);
        return false;
}

/* What follows when nothing but the control group can tell. */
static ServiceEvent look(Service *s) {
        if (service_fsm_kills((ServiceState)s->state))
                return s->acted && !service_waits(s) ? EVENT_DONE : EVENT_NONE;
        if (s->main > 0 || s->control > 0 || s->talk >= 0 || service_is_good(s))
                return EVENT_NONE;
        if (s->state == SUB_START && s->settings.type == SERVICE_FORKING && s->acted) {
                service_past_blame(s, "no process is left that could be its main process");
                service_set_result(s, RESULT_PROTOCOL);
                return EVENT_FAILED;
        }
        if (s->state == SUB_RUNNING || s->state == SUB_RELOAD_SIGNAL ||
            s->state == SUB_RELOAD_NOTIFY)
                return service_end_event(s);
        return EVENT_NONE;
}

static ServiceEvent main_ended(Service *s, int code, int status) {
        bool in_start = s->state == SUB_START, oneshot = s->settings.type == SERVICE_ONESHOT;
        bool waits_ready = s->settings.type == SERVICE_NOTIFY ||
                           s->settings.type == SERVICE_NOTIFY_RELOAD ||
                           s->settings.type == SERVICE_DBUS;
        bool listed = in_start && oneshot;
        ServiceResult result = service_settings_judge(&s->settings, code, status, !oneshot);

        s->main_code = code;
        s->main_status = status;
        if (result != RESULT_SUCCESS && service_command_may_fail(s))
                result = RESULT_SUCCESS;
        if (result != RESULT_SUCCESS)
                service_past_blame(s, "its main process has ended with %s %d",
                                   code == CLD_EXITED ? "status" : "signal", status);
        else if (in_start && waits_ready && !s->settings.remain_after_exit) {
                service_past_blame(s, "its main process has ended before it was ready");
                result = RESULT_PROTOCOL;
        }
        if (in_start && service_kind(s)->is_there)
                result = judge_made(s, result);
        service_set_result(s, result);
        service_past_pardon(s);
        if (listed && result == RESULT_SUCCESS)
                return service_command_next(s);
        if (service_talk_says_up(s)) /* it was up for a moment */
                return EVENT_READY;
        if (service_fsm_kills((ServiceState)s->state) || service_is_good(s))
                return look(s);
        return service_end_event(s);
}

/* A failed reload is no reason for how the service ends later. */
static void blame_command(Service *s, int code, int status) {
        const char *list = service_command_list((ServiceState)s->state),
                   *how = code == CLD_EXITED ? "status" : "signal";

        if (list && s->state != SUB_RELOAD)
                service_past_blame(s, "%s= (command %u) has ended with %s %d", list,
                                   (unsigned)s->command + 1, how, status);
        else
                manager_say(s->unit, "a command of \"%s\" has ended with %s %d",
                            service_fsm_name((ServiceState)s->state), how, status);
}

static ServiceEvent control_ended(Service *s, int code, int status) {
        ServiceResult result = service_settings_judge(&s->settings, code, status, false);

        if (s->state == SUB_CONDITION && code == CLD_EXITED && status > 0 && status < 255) {
                service_past_blame(s, "ExecCondition= has said no, with status %d", status);
                service_set_result(s, RESULT_EXEC_CONDITION);
                return EVENT_SKIP;
        }
        if (service_fsm_kills((ServiceState)s->state))
                return look(s);
        if (s->state == SUB_STOP && service_kind(s)->is_there)
                return judge_ended(s, result);
        if (result == RESULT_SUCCESS || service_command_may_fail(s)) {
                service_past_pardon(s);
                return s->state == SUB_START ? service_main_pid_find(s) : service_command_next(s);
        }
        blame_command(s, code, status);
        if (s->state == SUB_RELOAD)
                s->reload_failed = true;
        else if (s->state != SUB_CLEANING)
                service_set_result(s, result);
        service_past_pardon(s);
        return EVENT_FAILED;
}

/* Has the kernel killed for want of memory since we last looked, and does OOMPolicy= mind? */
static bool note_oom(Service *s) {
        uint64_t n = s->group ? group_usage_oom_kills(&s->manager->groups, s->group) : 0;

        if (n <= s->oom_kills)
                return false;
        s->oom_kills = n;
        service_mark(s);
        if (s->settings.oom_policy == OOM_CONTINUE)
                manager_say(s->unit, "the kernel has killed a process for want of memory");
        else
                service_past_blame(s, "the kernel has killed a process of it for want of memory");
        return s->settings.oom_policy != OOM_CONTINUE;
}

bool service_process_ended(Service *s, const LinkStatus *status) {
        bool is_main = s->main == status->pid;
        ServiceEvent event;

        if (service_health_ended(s, status))
                return true;
        if (status->pid <= 0 || (!is_main && s->control != status->pid))
                return false;
        /* what svexec has reported comes first; the end of its socket is in there */
        service_talk_drain(s);
        service_talk_close(s);
        service_past_end(s, status);
        if (is_main) {
                s->main = 0;
                s->stranger = sd_event_source_disable_unref(s->stranger);
        } else
                s->control = 0;
        service_mark(s);
        /* the kernel tells by another way that it was for want of memory, and maybe later */
        if (is_main && note_oom(s))
                service_set_result(s, RESULT_OOM_KILL);
        if (s->again) {
                s->again = false;
                event = service_command_again(s);
        } else {
                event = is_main ? main_ended(s, status->code, status->status)
                                : control_ended(s, status->code, status->status);
        }
        service_event(s, event);
        return true;
}

void service_group_changed(Service *s) {
        if (service_need_settings(s) < 0)
                return;
        if (note_oom(s)) {
                service_set_result(s, RESULT_OOM_KILL);
                service_event(s,
                              s->settings.oom_policy == OOM_KILL ? EVENT_OOM_KILL : EVENT_OOM_STOP);
        }
        service_event(s, look(s));
}

/* ---- time ---- */

uint64_t service_deadline(const Service *s) {
        return MIN_OF(MIN_OF(s->deadline, s->health.at), MIN_OF(s->watchdog_at, s->pid_file_at));
}

static ServiceEvent timeout_event(uint8_t mode) {
        switch ((TimeoutFailureMode)mode) {
        case TIMEOUT_TERMINATE:
                break;
        case TIMEOUT_ABORT:
                return EVENT_TIMEOUT_ABORT;
        case TIMEOUT_KILL:
                return EVENT_TIMEOUT_KILL;
        }
        return EVENT_TIMEOUT;
}

static void blame_time(Service *s, ActiveState active) {
        const char *directive = active == ACTIVE_ACTIVATING     ? "TimeoutStartSec"
                                : active == ACTIVE_DEACTIVATING ? "TimeoutStopSec"
                                                                : "RuntimeMaxSec";

        if (active == ACTIVE_RELOADING)
                manager_say(s->unit, "its reload takes too long");
        else
                service_past_blame(s, "\"%s\" takes longer than its %s=",
                                   service_fsm_name((ServiceState)s->state), directive);
}

/* Time is up for the state. */
static ServiceEvent time_out(Service *s) {
        ActiveState active = service_fsm_active((ServiceState)s->state);

        if (s->state == SUB_AUTO_RESTART)
                return EVENT_TIMEOUT;
        if (s->waits_idle) {
                s->waits_idle = false;
                return service_action(s, DO_MAIN);
        }
        blame_time(s, active);
        if (active == ACTIVE_RELOADING) {
                s->reload_failed = true;
                if (s->control > 0 && s->group)
                        (void)group_signal(&s->manager->groups, s->group, s->control, SIGKILL);
                s->control = 0;
                return EVENT_TIMEOUT;
        }
        service_set_result(s, RESULT_TIMEOUT);
        if (active == ACTIVE_ACTIVATING)
                return timeout_event(s->settings.start_fails_by);
        return active == ACTIVE_DEACTIVATING ? timeout_event(s->settings.stop_fails_by)
                                             : EVENT_TIMEOUT;
}

void service_expire(Service *s, uint64_t now) {
        if (s->watchdog_at <= now) {
                s->watchdog_at = CLOCK_FOREVER;
                service_past_blame(s, "it has not answered within its WatchdogSec=");
                service_set_result(s, RESULT_WATCHDOG);
                service_event(s, EVENT_WATCHDOG);
        }
        service_health_expire(s, now);
        if (s->pid_file_at <= now) {
                s->pid_file_at = CLOCK_FOREVER;
                service_event(s, service_main_pid_find(s));
        }
        if (s->deadline <= now) {
                s->deadline = CLOCK_FOREVER;
                service_event(s, time_out(s));
        }
}
