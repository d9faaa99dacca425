/*
 * Those settings of a service that its supervision needs all the time, systemd.service(5) and
 * systemd.kill(5); and the judgements that follow from them alone. The rest of what its files say
 * is read when a command is started.
 *
 * Times are in microseconds, UINT64_MAX for ever. Nothing here has an effect.
 */
#pragma once

#include "units/config.h"

typedef struct ServiceSettings {
        uint64_t timeout_start, timeout_stop, timeout_abort;
        uint64_t runtime_max; /* and how much may be added to it by chance */
        uint64_t runtime_extra;
        uint64_t watchdog;                                      /* 0: none */
        uint64_t health_interval, health_timeout, health_start; /* HealthCheck...= */
        uint64_t restart_sec, restart_max_delay;
        ExitStatusSet success, restart_prevent, restart_force;
        char *pid_file;
        char *bus_name; /* NULL: none */
        uint32_t restart_steps;
        uint32_t health_retries; /* 0: its health is not checked */
        uint32_t fds_max;        /* FileDescriptorStoreMax= */
        uint8_t type;            /* ServiceType, never SERVICE_DEFAULT */
        uint8_t exit_type;       /* ExitType */
        uint8_t restart;         /* Restart */
        uint8_t restart_mode;    /* RestartMode */
        uint8_t notify_access;   /* NotifyAccess, never unset */
        uint8_t start_fails_by;  /* TimeoutFailureMode */
        uint8_t stop_fails_by;
        uint8_t oom_policy; /* OomPolicy */
        uint8_t kill_mode;  /* KillMode */
        uint8_t kill_signal, restart_kill_signal, final_signal, watchdog_signal, reload_signal;
        bool remain_after_exit : 1;
        bool guess_main_pid : 1;
        bool send_sighup : 1;
        bool send_sigkill : 1;
        bool can_reload : 1;
} ServiceSettings;

/* Returns 0 or -ENOMEM. */
int service_settings_take(const Config *c, ServiceSettings *ret);
void service_settings_done(ServiceSettings *s);

/* Sets what was left open, Type=, NotifyAccess= and OOMPolicy=, to what follows from the rest. */
void service_settings_complete(Config *c);

/* Why a service is not well: "Result" of systemd's bus interface. The first reason stays. */
typedef enum ServiceResult {
        RESULT_SUCCESS,
        RESULT_RESOURCES,
        RESULT_PROTOCOL,
        RESULT_TIMEOUT,
        RESULT_EXIT_CODE,
        RESULT_SIGNAL,
        RESULT_CORE_DUMP,
        RESULT_WATCHDOG,
        RESULT_HEALTH, /* ours: HealthCheck= */
        RESULT_START_LIMIT_HIT,
        RESULT_OOM_KILL,
        RESULT_EXEC_CONDITION, /* skipped; this is no failure */
} ServiceResult;

enum { SERVICE_RESULTS = RESULT_EXEC_CONDITION + 1 };

const char *service_settings_result_name(ServiceResult r);
int service_settings_result_from_name(const char *name); /* a ServiceResult, or -EINVAL */

/* How a process ended: CODE is CLD_EXITED, CLD_KILLED or CLD_DUMPED. A daemon is also asked to end
 * by SIGHUP, SIGINT, SIGTERM and SIGPIPE, and that is a success; a command is not a daemon. */
ServiceResult service_settings_judge(const ServiceSettings *s, int code, int status, bool daemon);

/* Is the service to be started again? CODE is 0 when no main process has ended. */
bool service_settings_restarts(const ServiceSettings *s, ServiceResult result, int code,
                               int status);

/* How long to wait before the restart that comes after N others. */
uint64_t service_settings_delay(const ServiceSettings *s, uint32_t n);
