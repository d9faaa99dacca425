/*
 * What a service does next, as a pure table: systemd.service(5) describes the way, and the states
 * are systemd's own, so that "systemctl status" shows what people know. Nothing here has an effect.
 *
 * Whatever depends on settings is in the events: a list without commands is EVENT_DONE at once, a
 * main process that ended is one of three events, as the settings judge it.
 */
#pragma once

#include "supervisor/manager/unit-state.h"

typedef enum ServiceState {
        SUB_NOWHERE, /* no state: the event means nothing here */
        SUB_DEAD,
        SUB_CONDITION,
        SUB_START_PRE,
        SUB_START,
        SUB_START_POST,
        SUB_RUNNING,
        SUB_EXITED, /* all processes have ended, and that is fine */
        SUB_RELOAD,
        SUB_RELOAD_SIGNAL, /* the signal was sent; waiting for RELOADING=1 */
        SUB_RELOAD_NOTIFY, /* RELOADING=1 came; waiting for READY=1 */
        SUB_STOP,
        SUB_STOP_WATCHDOG,
        SUB_STOP_SIGTERM,
        SUB_STOP_SIGKILL,
        SUB_STOP_POST,
        SUB_FINAL_WATCHDOG,
        SUB_FINAL_SIGTERM,
        SUB_FINAL_SIGKILL,
        SUB_CLEANING, /* what the run left on the host is being removed */
        SUB_OVER,     /* nobody sees it: what comes of the end is being decided */
        SUB_FAILED,
        SUB_AUTO_RESTART,
} ServiceState;

enum { SUB_STATES = SUB_AUTO_RESTART + 1 };

typedef enum ServiceEvent {
        EVENT_NONE,
        EVENT_START, /* jobs */
        EVENT_STOP,
        EVENT_RELOAD,
        EVENT_DONE,   /* all commands of the state went well, or all that was to end has ended */
        EVENT_FAILED, /* a command did not */
        EVENT_SKIP,   /* ExecCondition= says no */
        EVENT_READY,  /* the service is up, as its Type= sees it */
        EVENT_ENDED,  /* the main process, well */
        EVENT_ENDED_WELL, /* the same with RemainAfterExit=yes */
        EVENT_ENDED_BADLY,
        EVENT_TIMEOUT, /* and two that follow from Timeout...FailureMode= */
        EVENT_TIMEOUT_ABORT,
        EVENT_TIMEOUT_KILL,
        EVENT_WATCHDOG,
        EVENT_UNHEALTHY, /* HealthCheck= has failed too often */
        EVENT_OOM_STOP,  /* the kernel killed for want of memory: OOMPolicy= */
        EVENT_OOM_KILL,
        EVENT_STOPPING,  /* sd_notify(3): STOPPING=1 */
        EVENT_RELOADING, /* RELOADING=1 */
        EVENT_SUCCEEDED, /* what SUB_OVER came to */
        EVENT_LOST,
        EVENT_AGAIN,
        EVENT_FOUND, /* what a mount or swap unit stands for is there, whoever made it */
        EVENT_GONE,  /* it is not there any more */
} ServiceEvent;

enum { SERVICE_EVENTS = EVENT_GONE + 1 };

/* What is done on the way into the next state. Each returns the event that follows at once, if one
 * does. */
typedef enum ServiceAction {
        DO_NOTHING,
        DO_BEGIN,    /* forget the last run, then as DO_COMMANDS */
        DO_COMMANDS, /* run the state's list of commands */
        DO_MAIN,     /* ExecStart=, as Type= has it */
        DO_UP,       /* look whether the service is still up, and let it run */
        DO_SIGNAL,   /* ReloadSignal=, for Type=notify-reload */
        DO_KILL,     /* the state's signal to those that KillMode= names */
        DO_AWAIT,    /* wait for what the service does by itself */
        DO_FINISH,   /* remove what the run left on the host */
        DO_JUDGE,    /* how did it end, and is it to come back? */
        DO_REST,     /* forget what only a running service needs */
        DO_SCHEDULE, /* wait for RestartSec= */
        DO_RESTART,  /* ask for a restart job */
} ServiceAction;

enum { SERVICE_ACTIONS = DO_RESTART + 1 };

typedef struct ServiceStep {
        uint8_t to; /* ServiceState */
        uint8_t action;
} ServiceStep;

/* Never NULL; "to" is SUB_NOWHERE where the event means nothing in this state. */
const ServiceStep *service_fsm(ServiceState state, ServiceEvent event);

/* "start-pre", as systemctl shows it. */
const char *service_fsm_name(ServiceState state);
int service_fsm_from_name(const char *name); /* a ServiceState, or -EINVAL */

/* The state that all types of units share. */
ActiveState service_fsm_active(ServiceState state);

/* Is the service waiting for processes to end that were asked to? */
bool service_fsm_kills(ServiceState state);
