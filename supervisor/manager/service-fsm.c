/*
 * The table. Every stop, whatever led to it, goes the same way to its end: ExecStop=, signals,
 * ExecStopPost=, signals for what that left, judgement; reasons differ only in where they enter.
 */
#include "supervisor/manager/service-fsm.h"

#include "base/text.h"

/* While commands run before the service is up: nothing but the end can follow a failure. */
#define GIVE_UP                                       \
        [EVENT_STOP] = { SUB_STOP_SIGTERM, DO_KILL }, \
        [EVENT_FAILED] = { SUB_STOP_SIGTERM, DO_KILL }, ESCALATES(STOP)

/* Whatever time has run out. */
#define WHENEVER(to, action)                                                      \
        [EVENT_TIMEOUT] = { to, action }, [EVENT_TIMEOUT_ABORT] = { to, action }, \
        [EVENT_TIMEOUT_KILL] = { to, action }

/* Commands or processes on the way to the end: by signals, harder ones when time runs out. */
#define ESCALATES(way)                                             \
        [EVENT_TIMEOUT] = { SUB_##way##_SIGTERM, DO_KILL },        \
        [EVENT_TIMEOUT_ABORT] = { SUB_##way##_WATCHDOG, DO_KILL }, \
        [EVENT_TIMEOUT_KILL] = { SUB_##way##_SIGKILL, DO_KILL }

/* While there is a main process. */
#define IS_WATCHED                                         \
        [EVENT_WATCHDOG] = { SUB_STOP_WATCHDOG, DO_KILL }, \
        [EVENT_OOM_STOP] = { SUB_STOP_SIGTERM, DO_KILL },  \
        [EVENT_OOM_KILL] = { SUB_STOP_SIGKILL, DO_KILL }

/* While it is up. */
#define IS_UP                                                          \
        IS_WATCHED, [EVENT_UNHEALTHY] = { SUB_STOP_SIGTERM, DO_KILL }, \
                    [EVENT_STOPPING] = { SUB_STOP_SIGTERM, DO_AWAIT }

static const ServiceStep steps[SUB_STATES][SERVICE_EVENTS] = {
        [SUB_DEAD] = { [EVENT_START] = { SUB_CONDITION, DO_BEGIN },
                       [EVENT_FOUND] = { SUB_EXITED, DO_NOTHING } },
        [SUB_FAILED] = { [EVENT_START] = { SUB_CONDITION, DO_BEGIN },
                         [EVENT_FOUND] = { SUB_EXITED, DO_NOTHING } },
        [SUB_CONDITION] = { [EVENT_DONE] = { SUB_START_PRE, DO_COMMANDS },
                            [EVENT_SKIP] = { SUB_STOP_SIGTERM, DO_KILL },
                            GIVE_UP },
        [SUB_START_PRE] = { [EVENT_DONE] = { SUB_START, DO_MAIN }, GIVE_UP },
        [SUB_START] = { [EVENT_READY] = { SUB_START_POST, DO_COMMANDS },
                        [EVENT_ENDED] = { SUB_STOP_SIGTERM, DO_KILL },
                        [EVENT_ENDED_BADLY] = { SUB_STOP_SIGTERM, DO_KILL },
                        IS_WATCHED,
                        GIVE_UP },
        /* the end of the main process is looked at when the commands are done */
        [SUB_START_POST] = { [EVENT_DONE] = { SUB_RUNNING, DO_UP }, IS_WATCHED, GIVE_UP },
        [SUB_RUNNING] = { [EVENT_STOP] = { SUB_STOP, DO_COMMANDS },
                          [EVENT_RELOAD] = { SUB_RELOAD, DO_COMMANDS },
                          [EVENT_ENDED] = { SUB_STOP, DO_COMMANDS },
                          [EVENT_ENDED_BADLY] = { SUB_STOP, DO_COMMANDS },
                          [EVENT_ENDED_WELL] = { SUB_EXITED, DO_NOTHING },
                          [EVENT_TIMEOUT] = { SUB_STOP, DO_COMMANDS }, /* RuntimeMaxSec= */
                          [EVENT_RELOADING] = { SUB_RELOAD_NOTIFY, DO_AWAIT },
                          IS_UP },
        [SUB_EXITED] = { [EVENT_STOP] = { SUB_STOP, DO_COMMANDS },
                         [EVENT_GONE] = { SUB_STOP_SIGTERM, DO_KILL },
                         [EVENT_RELOAD] = { SUB_RELOAD, DO_COMMANDS } },
        [SUB_RELOAD] = { [EVENT_DONE] = { SUB_RELOAD_SIGNAL, DO_SIGNAL },
                         [EVENT_FAILED] = { SUB_RUNNING, DO_UP },
                         [EVENT_TIMEOUT] = { SUB_RUNNING, DO_UP },
                         [EVENT_STOP] = { SUB_STOP_SIGTERM, DO_KILL },
                         IS_UP },
        [SUB_RELOAD_SIGNAL] = { [EVENT_READY] = { SUB_RUNNING, DO_UP },
                                [EVENT_RELOADING] = { SUB_RELOAD_NOTIFY, DO_AWAIT },
                                [EVENT_TIMEOUT] = { SUB_RUNNING, DO_UP },
                                [EVENT_ENDED] = { SUB_STOP, DO_COMMANDS },
                                [EVENT_ENDED_BADLY] = { SUB_STOP, DO_COMMANDS },
                                [EVENT_ENDED_WELL] = { SUB_EXITED, DO_NOTHING },
                                [EVENT_STOP] = { SUB_STOP_SIGTERM, DO_KILL },
                                IS_UP },
        [SUB_RELOAD_NOTIFY] = { [EVENT_READY] = { SUB_RUNNING, DO_UP },
                                [EVENT_TIMEOUT] = { SUB_RUNNING, DO_UP },
                                [EVENT_ENDED] = { SUB_STOP, DO_COMMANDS },
                                [EVENT_ENDED_BADLY] = { SUB_STOP, DO_COMMANDS },
                                [EVENT_ENDED_WELL] = { SUB_EXITED, DO_NOTHING },
                                [EVENT_STOP] = { SUB_STOP_SIGTERM, DO_KILL },
                                IS_UP },
        [SUB_STOP] = { [EVENT_DONE] = { SUB_STOP_SIGTERM, DO_KILL },
                       [EVENT_FOUND] = { SUB_EXITED, DO_NOTHING },
                       [EVENT_FAILED] = { SUB_STOP_SIGTERM, DO_KILL },
                       ESCALATES(STOP) },
        [SUB_STOP_WATCHDOG] = { [EVENT_DONE] = { SUB_STOP_SIGKILL, DO_KILL },
                                WHENEVER(SUB_STOP_SIGKILL, DO_KILL) },
        [SUB_STOP_SIGTERM] = { [EVENT_DONE] = { SUB_STOP_SIGKILL, DO_KILL },
                               [EVENT_TIMEOUT] = { SUB_STOP_SIGKILL, DO_KILL },
                               [EVENT_TIMEOUT_ABORT] = { SUB_STOP_WATCHDOG, DO_KILL },
                               [EVENT_TIMEOUT_KILL] = { SUB_STOP_SIGKILL, DO_KILL } },
        [SUB_STOP_SIGKILL] = { [EVENT_DONE] = { SUB_STOP_POST, DO_COMMANDS },
                               WHENEVER(SUB_STOP_POST, DO_COMMANDS) },
        [SUB_STOP_POST] = { [EVENT_DONE] = { SUB_FINAL_SIGTERM, DO_KILL },
                            [EVENT_FAILED] = { SUB_FINAL_SIGTERM, DO_KILL },
                            ESCALATES(FINAL) },
        [SUB_FINAL_WATCHDOG] = { [EVENT_DONE] = { SUB_FINAL_SIGKILL, DO_KILL },
                                 WHENEVER(SUB_FINAL_SIGKILL, DO_KILL) },
        [SUB_FINAL_SIGTERM] = { [EVENT_DONE] = { SUB_FINAL_SIGKILL, DO_KILL },
                                [EVENT_TIMEOUT] = { SUB_FINAL_SIGKILL, DO_KILL },
                                [EVENT_TIMEOUT_ABORT] = { SUB_FINAL_WATCHDOG, DO_KILL },
                                [EVENT_TIMEOUT_KILL] = { SUB_FINAL_SIGKILL, DO_KILL } },
        [SUB_FINAL_SIGKILL] = { [EVENT_DONE] = { SUB_CLEANING, DO_FINISH },
                                WHENEVER(SUB_CLEANING, DO_FINISH) },
        [SUB_CLEANING] = { [EVENT_DONE] = { SUB_OVER, DO_JUDGE },
                           [EVENT_FAILED] = { SUB_OVER, DO_JUDGE },
                           WHENEVER(SUB_OVER, DO_JUDGE) },
        [SUB_OVER] = { [EVENT_SUCCEEDED] = { SUB_DEAD, DO_REST },
                       [EVENT_LOST] = { SUB_FAILED, DO_REST },
                       [EVENT_FOUND] = { SUB_EXITED, DO_NOTHING },
                       [EVENT_AGAIN] = { SUB_AUTO_RESTART, DO_SCHEDULE } },
        [SUB_AUTO_RESTART] = { [EVENT_TIMEOUT] = { SUB_AUTO_RESTART, DO_RESTART },
                               [EVENT_FAILED] = { SUB_FAILED, DO_REST },
                               [EVENT_STOP] = { SUB_DEAD, DO_REST } },
};

typedef struct StateRow {
        const char *name;
        ActiveState active;
        bool kills;
} StateRow;

static const StateRow states[SUB_STATES] = {
        [SUB_NOWHERE] = { "nowhere", ACTIVE_INACTIVE, false },
        [SUB_DEAD] = { "dead", ACTIVE_INACTIVE, false },
        [SUB_CONDITION] = { "condition", ACTIVE_ACTIVATING, false },
        [SUB_START_PRE] = { "start-pre", ACTIVE_ACTIVATING, false },
        [SUB_START] = { "start", ACTIVE_ACTIVATING, false },
        [SUB_START_POST] = { "start-post", ACTIVE_ACTIVATING, false },
        [SUB_RUNNING] = { "running", ACTIVE_ACTIVE, false },
        [SUB_EXITED] = { "exited", ACTIVE_ACTIVE, false },
        [SUB_RELOAD] = { "reload", ACTIVE_RELOADING, false },
        [SUB_RELOAD_SIGNAL] = { "reload-signal", ACTIVE_RELOADING, false },
        [SUB_RELOAD_NOTIFY] = { "reload-notify", ACTIVE_RELOADING, false },
        [SUB_STOP] = { "stop", ACTIVE_DEACTIVATING, false },
        [SUB_STOP_WATCHDOG] = { "stop-watchdog", ACTIVE_DEACTIVATING, true },
        [SUB_STOP_SIGTERM] = { "stop-sigterm", ACTIVE_DEACTIVATING, true },
        [SUB_STOP_SIGKILL] = { "stop-sigkill", ACTIVE_DEACTIVATING, true },
        [SUB_STOP_POST] = { "stop-post", ACTIVE_DEACTIVATING, false },
        [SUB_FINAL_WATCHDOG] = { "final-watchdog", ACTIVE_DEACTIVATING, true },
        [SUB_FINAL_SIGTERM] = { "final-sigterm", ACTIVE_DEACTIVATING, true },
        [SUB_FINAL_SIGKILL] = { "final-sigkill", ACTIVE_DEACTIVATING, true },
        [SUB_CLEANING] = { "cleaning", ACTIVE_DEACTIVATING, false },
        [SUB_OVER] = { "over", ACTIVE_DEACTIVATING, false },
        [SUB_FAILED] = { "failed", ACTIVE_FAILED, false },
        [SUB_AUTO_RESTART] = { "auto-restart", ACTIVE_ACTIVATING, false },
};

const ServiceStep *service_fsm(ServiceState state, ServiceEvent event) {
        return &steps[state][event];
}

const char *service_fsm_name(ServiceState state) {
        return states[state].name;
}

int service_fsm_from_name(const char *name) {
        for (int s = SUB_DEAD; s < SUB_STATES; s++)
                if (text_eq(states[s].name, name))
                        return s;
        return -EINVAL;
}

ActiveState service_fsm_active(ServiceState state) {
        return states[state].active;
}

bool service_fsm_kills(ServiceState state) {
        return states[state].kills;
}
