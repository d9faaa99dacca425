/*
 * From the settings of a unit to the few that are kept, and what follows from them.
 */
#include "supervisor/manager/service-settings.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/strv.h"
#include "base/text.h"

static ServiceType type_of(const Config *c) {
        if (c->service_type != SERVICE_DEFAULT)
                return (ServiceType)c->service_type;
        if (config_has(c, "BusName"))
                return SERVICE_DBUS;
        return c->exec_start.n > 0 ? SERVICE_SIMPLE : SERVICE_ONESHOT;
}

static NotifyAccess access_of(const Config *c, ServiceType type) {
        if (c->notify_access != NOTIFY_ACCESS_UNSET)
                return (NotifyAccess)c->notify_access;
        return type == SERVICE_NOTIFY || type == SERVICE_NOTIFY_RELOAD || c->watchdog_sec > 0 ||
                               c->file_descriptor_store_max > 0
                       ? NOTIFY_ACCESS_MAIN
                       : NOTIFY_ACCESS_NONE;
}

/* Who has groups of its own looks after them itself. */
static OomPolicy oom_policy_of(const Config *c) {
        if (c->oom_policy != OOM_UNSET)
                return (OomPolicy)c->oom_policy;
        STRV_FOREACH(word, c->delegate)
                if (type_parse_boolean(*word) != 0)
                        return OOM_CONTINUE;
        return OOM_STOP;
}

void service_settings_complete(Config *c) {
        c->service_type = (int)type_of(c);
        c->notify_access = (int)access_of(c, (ServiceType)c->service_type);
        c->oom_policy = (int)oom_policy_of(c);
}

static void take_times(const Config *c, ServiceSettings *s) {
        bool own_start = config_is_assigned(c, directive_find(SECTION_SERVICE, "TimeoutStartSec"));
        bool own_abort = config_is_assigned(c, directive_find(SECTION_SERVICE, "TimeoutAbortSec"));

        /* systemd.service(5): a oneshot service may take its time */
        s->timeout_start =
                s->type == SERVICE_ONESHOT && !own_start ? SETTING_INFINITY : c->timeout_start_sec;
        s->timeout_stop = c->timeout_stop_sec;
        s->timeout_abort = own_abort ? c->timeout_abort_sec : c->timeout_stop_sec;
        s->runtime_max = c->runtime_max_sec;
        s->runtime_extra = c->runtime_randomized_extra_sec;
        s->watchdog = c->watchdog_sec == SETTING_INFINITY ? 0 : c->watchdog_sec;
        s->health_interval = c->health_check_interval_sec;
        s->health_timeout = c->health_check_timeout_sec;
        s->health_start = c->health_check_start_sec;
        s->health_retries = c->health_check.n > 0 ? (uint32_t)c->health_check_retries : 0;
        s->restart_sec = c->restart_sec;
        s->restart_max_delay = c->restart_max_delay_sec;
        s->restart_steps = (uint32_t)c->restart_steps;
}

static void take_ending(const Config *c, ServiceSettings *s) {
        s->start_fails_by = (uint8_t)c->timeout_start_failure_mode;
        s->stop_fails_by = (uint8_t)c->timeout_stop_failure_mode;
        s->oom_policy = (uint8_t)oom_policy_of(c);
        s->kill_mode = (uint8_t)c->kill_mode;
        s->kill_signal = (uint8_t)c->kill_signal;
        s->restart_kill_signal =
                (uint8_t)(c->restart_kill_signal ? c->restart_kill_signal : c->kill_signal);
        s->final_signal = (uint8_t)c->final_kill_signal;
        s->watchdog_signal = (uint8_t)c->watchdog_signal;
        s->reload_signal = (uint8_t)c->reload_signal;
        s->send_sighup = c->send_sighup;
        s->send_sigkill = c->send_sigkill;
}

int service_settings_take(const Config *c, ServiceSettings *ret) {
        ServiceSettings s = {
                .type = (uint8_t)type_of(c),
                .success = c->success_exit_status,
                .restart_prevent = c->restart_prevent_exit_status,
                .restart_force = c->restart_force_exit_status,
                .exit_type = (uint8_t)c->exit_type,
                .restart = (uint8_t)c->restart,
                .restart_mode = (uint8_t)c->restart_mode,
                .fds_max = (uint32_t)c->file_descriptor_store_max,
                .remain_after_exit = c->remain_after_exit,
                .guess_main_pid = c->guess_main_pid,
        };

        s.notify_access = (uint8_t)access_of(c, (ServiceType)s.type);
        s.can_reload = c->exec_reload.n > 0 || s.type == SERVICE_NOTIFY_RELOAD;
        take_times(c, &s);
        take_ending(c, &s);
        if (c->pid_file) {
                s.pid_file = strdup(c->pid_file);
                if (!s.pid_file)
                        return -ENOMEM;
        }
        if (c->bus_name) {
                s.bus_name = strdup(c->bus_name);
                if (!s.bus_name) {
                        free(s.pid_file);
                        return -ENOMEM;
                }
        }
        *ret = s;
        return 0;
}

void service_settings_done(ServiceSettings *s) {
        free(s->pid_file);
        free(s->bus_name);
        *s = (ServiceSettings){ 0 };
}

/* ---- results ---- */

static const char *const result_names[SERVICE_RESULTS] = {
        [RESULT_SUCCESS] = "success",     [RESULT_RESOURCES] = "resources",
        [RESULT_PROTOCOL] = "protocol",   [RESULT_TIMEOUT] = "timeout",
        [RESULT_EXIT_CODE] = "exit-code", [RESULT_SIGNAL] = "signal",
        [RESULT_CORE_DUMP] = "core-dump", [RESULT_WATCHDOG] = "watchdog",
        [RESULT_HEALTH] = "health",       [RESULT_START_LIMIT_HIT] = "start-limit-hit",
        [RESULT_OOM_KILL] = "oom-kill",   [RESULT_EXEC_CONDITION] = "exec-condition",
};

const char *service_settings_result_name(ServiceResult r) {
        return result_names[r];
}

int service_settings_result_from_name(const char *name) {
        for (int r = 0; r < SERVICE_RESULTS; r++)
                if (text_eq(result_names[r], name))
                        return r;
        return -EINVAL;
}

static bool set_has(const ExitStatusSet *set, int code, int status) {
        if (code == CLD_EXITED)
                return status >= 0 && status < 256 &&
                       (set->codes[status / 64] >> (status % 64) & 1);
        return code != 0 && status >= 1 && status <= 64 && (set->signals >> (status - 1) & 1);
}

static bool is_asked_to_end_by(int signal) {
        return signal == SIGHUP || signal == SIGINT || signal == SIGTERM || signal == SIGPIPE;
}

ServiceResult service_settings_judge(const ServiceSettings *s, int code, int status, bool daemon) {
        if (set_has(&s->success, code, status))
                return RESULT_SUCCESS;
        if (code == CLD_EXITED)
                return status == 0 ? RESULT_SUCCESS : RESULT_EXIT_CODE;
        if (code == CLD_DUMPED)
                return RESULT_CORE_DUMP;
        return daemon && is_asked_to_end_by(status) ? RESULT_SUCCESS : RESULT_SIGNAL;
}

bool service_settings_restarts(const ServiceSettings *s, ServiceResult result, int code,
                               int status) {
        if (set_has(&s->restart_prevent, code, status))
                return false;
        if (set_has(&s->restart_force, code, status))
                return true;
        if (result == RESULT_HEALTH) /* that is what it is checked for */
                return true;
        switch ((Restart)s->restart) {
        case RESTART_NO:
                return false;
        case RESTART_ALWAYS:
                return result != RESULT_EXEC_CONDITION;
        case RESTART_ON_SUCCESS:
                return result == RESULT_SUCCESS;
        case RESTART_ON_FAILURE:
                return result != RESULT_SUCCESS && result != RESULT_EXEC_CONDITION;
        case RESTART_ON_ABNORMAL:
                return result != RESULT_SUCCESS && result != RESULT_EXIT_CODE &&
                       result != RESULT_EXEC_CONDITION;
        case RESTART_ON_WATCHDOG:
                return result == RESULT_WATCHDOG;
        case RESTART_ON_ABORT:
                return result == RESULT_SIGNAL || result == RESULT_CORE_DUMP;
        }
        return false;
}

static double power(double base, uint32_t n) {
        double result = 1;

        while (n > 0) {
                result *= n % 2 ? base : 1;
                base *= base;
                n /= 2;
        }
        return result;
}

/* In equal ratios from RestartSec= to RestartMaxDelaySec=. The ratio is found by halving, which
 * spares a library of mathematics. */
uint64_t service_settings_delay(const ServiceSettings *s, uint32_t n) {
        double low = 1, high, all;

        if (n == 0 || s->restart_steps == 0 || s->restart_sec == 0 ||
            s->restart_max_delay == SETTING_INFINITY || s->restart_sec >= s->restart_max_delay)
                return s->restart_sec;
        if (n >= s->restart_steps)
                return s->restart_max_delay;
        high = all = (double)s->restart_max_delay / (double)s->restart_sec;
        for (unsigned round = 0; round < 64; round++) {
                double middle = (low + high) / 2;

                if (power(middle, s->restart_steps) > all)
                        high = middle;
                else
                        low = middle;
        }
        return (uint64_t)((double)s->restart_sec * power(low, n));
}
