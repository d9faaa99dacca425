/* Protects the way of a service through its states: every cell of the table, and that whatever
 * happens there is a way to the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "supervisor/manager/service-fsm.h"

static const char *const events[SERVICE_EVENTS] = {
        [EVENT_NONE] = "none",
        [EVENT_START] = "start",
        [EVENT_STOP] = "stop",
        [EVENT_RELOAD] = "reload",
        [EVENT_DONE] = "done",
        [EVENT_FAILED] = "failed",
        [EVENT_SKIP] = "skip",
        [EVENT_READY] = "ready",
        [EVENT_ENDED] = "ended",
        [EVENT_ENDED_WELL] = "ended-well",
        [EVENT_ENDED_BADLY] = "ended-badly",
        [EVENT_TIMEOUT] = "timeout",
        [EVENT_TIMEOUT_ABORT] = "abort",
        [EVENT_TIMEOUT_KILL] = "kill",
        [EVENT_WATCHDOG] = "watchdog",
        [EVENT_UNHEALTHY] = "unhealthy",
        [EVENT_OOM_STOP] = "oom-stop",
        [EVENT_OOM_KILL] = "oom-kill",
        [EVENT_STOPPING] = "stopping",
        [EVENT_RELOADING] = "reloading",
        [EVENT_SUCCEEDED] = "succeeded",
        [EVENT_LOST] = "lost",
        [EVENT_AGAIN] = "again",
        [EVENT_FOUND] = "found",
        [EVENT_GONE] = "gone",
};

static const char *const actions[SERVICE_ACTIONS] = {
        [DO_NOTHING] = "nothing", [DO_BEGIN] = "begin", [DO_COMMANDS] = "commands",
        [DO_MAIN] = "main",       [DO_UP] = "up",       [DO_SIGNAL] = "signal",
        [DO_KILL] = "kill",       [DO_AWAIT] = "await", [DO_FINISH] = "finish",
        [DO_JUDGE] = "judge",     [DO_REST] = "rest",   [DO_SCHEDULE] = "schedule",
        [DO_RESTART] = "restart",
};

/* What systemd.service(5) and systemd.kill(5) say, a line a state; all other cells are empty. */
static const char *const wanted[SUB_STATES] = {
        [SUB_DEAD] = "start>condition/begin found>exited/nothing ",
        [SUB_CONDITION] =
                "stop>stop-sigterm/kill done>start-pre/commands failed>stop-sigterm/kill "
                "skip>stop-sigterm/kill timeout>stop-sigterm/kill abort>stop-watchdog/kill "
                "kill>stop-sigkill/kill ",
        [SUB_START_PRE] =
                "stop>stop-sigterm/kill done>start/main failed>stop-sigterm/kill "
                "timeout>stop-sigterm/kill abort>stop-watchdog/kill kill>stop-sigkill/kill ",
        [SUB_START] = "stop>stop-sigterm/kill failed>stop-sigterm/kill ready>start-post/commands "
                      "ended>stop-sigterm/kill ended-badly>stop-sigterm/kill "
                      "timeout>stop-sigterm/kill abort>stop-watchdog/kill kill>stop-sigkill/kill "
                      "watchdog>stop-watchdog/kill oom-stop>stop-sigterm/kill "
                      "oom-kill>stop-sigkill/kill ",
        [SUB_START_POST] =
                "stop>stop-sigterm/kill done>running/up failed>stop-sigterm/kill "
                "timeout>stop-sigterm/kill abort>stop-watchdog/kill kill>stop-sigkill/kill "
                "watchdog>stop-watchdog/kill oom-stop>stop-sigterm/kill "
                "oom-kill>stop-sigkill/kill ",
        [SUB_RUNNING] = "stop>stop/commands reload>reload/commands ended>stop/commands "
                        "ended-well>exited/nothing ended-badly>stop/commands timeout>stop/commands "
                        "watchdog>stop-watchdog/kill unhealthy>stop-sigterm/kill "
                        "oom-stop>stop-sigterm/kill "
                        "oom-kill>stop-sigkill/kill stopping>stop-sigterm/await "
                        "reloading>reload-notify/await ",
        [SUB_EXITED] = "stop>stop/commands reload>reload/commands gone>stop-sigterm/kill ",
        [SUB_RELOAD] = "stop>stop-sigterm/kill done>reload-signal/signal failed>running/up "
                       "timeout>running/up watchdog>stop-watchdog/kill unhealthy>stop-sigterm/kill "
                       "oom-stop>stop-sigterm/kill "
                       "oom-kill>stop-sigkill/kill stopping>stop-sigterm/await ",
        [SUB_RELOAD_SIGNAL] =
                "stop>stop-sigterm/kill ready>running/up ended>stop/commands "
                "ended-well>exited/nothing ended-badly>stop/commands timeout>running/up "
                "watchdog>stop-watchdog/kill unhealthy>stop-sigterm/kill "
                "oom-stop>stop-sigterm/kill "
                "oom-kill>stop-sigkill/kill stopping>stop-sigterm/await "
                "reloading>reload-notify/await ",
        [SUB_RELOAD_NOTIFY] =
                "stop>stop-sigterm/kill ready>running/up ended>stop/commands "
                "ended-well>exited/nothing ended-badly>stop/commands timeout>running/up "
                "watchdog>stop-watchdog/kill unhealthy>stop-sigterm/kill "
                "oom-stop>stop-sigterm/kill "
                "oom-kill>stop-sigkill/kill stopping>stop-sigterm/await ",
        [SUB_STOP] = "done>stop-sigterm/kill failed>stop-sigterm/kill timeout>stop-sigterm/kill "
                     "abort>stop-watchdog/kill kill>stop-sigkill/kill found>exited/nothing ",
        [SUB_STOP_WATCHDOG] =
                "done>stop-sigkill/kill timeout>stop-sigkill/kill abort>stop-sigkill/kill "
                "kill>stop-sigkill/kill ",
        [SUB_STOP_SIGTERM] =
                "done>stop-sigkill/kill timeout>stop-sigkill/kill abort>stop-watchdog/kill "
                "kill>stop-sigkill/kill ",
        [SUB_STOP_SIGKILL] =
                "done>stop-post/commands timeout>stop-post/commands abort>stop-post/commands "
                "kill>stop-post/commands ",
        [SUB_STOP_POST] = "done>final-sigterm/kill failed>final-sigterm/kill "
                          "timeout>final-sigterm/kill abort>final-watchdog/kill "
                          "kill>final-sigkill/kill ",
        [SUB_FINAL_WATCHDOG] =
                "done>final-sigkill/kill timeout>final-sigkill/kill abort>final-sigkill/kill "
                "kill>final-sigkill/kill ",
        [SUB_FINAL_SIGTERM] = "done>final-sigkill/kill timeout>final-sigkill/kill "
                              "abort>final-watchdog/kill kill>final-sigkill/kill ",
        [SUB_FINAL_SIGKILL] = "done>cleaning/finish timeout>cleaning/finish abort>cleaning/finish "
                              "kill>cleaning/finish ",
        [SUB_CLEANING] = "done>over/judge failed>over/judge timeout>over/judge abort>over/judge "
                         "kill>over/judge ",
        [SUB_OVER] = "succeeded>dead/rest lost>failed/rest again>auto-restart/schedule "
                     "found>exited/nothing ",
        [SUB_FAILED] = "start>condition/begin found>exited/nothing ",
        [SUB_AUTO_RESTART] = "stop>dead/rest failed>failed/rest timeout>auto-restart/restart ",
};

static void test_every_cell(void **unused) {
        for (int s = SUB_DEAD; s < SUB_STATES; s++) {
                _cleanup_(strbuf_done) StrBuf b = { 0 };
                _cleanup_free_ char *text = NULL;

                for (int e = 0; e < SERVICE_EVENTS; e++) {
                        const ServiceStep *step = service_fsm((ServiceState)s, (ServiceEvent)e);

                        if (step->to != SUB_NOWHERE)
                                strbuf_addf(&b, "%s>%s/%s ", events[e],
                                            service_fsm_name((ServiceState)step->to),
                                            actions[step->action]);
                        else
                                assert_int_equal(step->action, DO_NOTHING);
                }
                assert_int_equal(strbuf_take(&b, &text), 0);
                assert_string_equal(text, wanted[s]);
        }
}

/* The states that one event of SET leads to from STATE, and STATE. */
static uint32_t step_from(int state, const ServiceEvent *set, size_t n) {
        uint32_t to = 0;

        for (size_t i = 0; i < n; i++)
                to |= UINT32_C(1) << service_fsm((ServiceState)state, set[i])->to;
        return to & ~(UINT32_C(1) << SUB_NOWHERE);
}

/* The same however often they come. */
static uint32_t reach(uint32_t from, const ServiceEvent *set, size_t n) {
        uint32_t before;

        do {
                before = from;
                for (int s = SUB_DEAD; s < SUB_STATES; s++)
                        if (from >> s & 1)
                                from |= step_from(s, set, n);
        } while (from != before);
        return from;
}

static void test_every_state_is_reached(void **unused) {
        ServiceEvent all[SERVICE_EVENTS];

        for (int e = 0; e < SERVICE_EVENTS; e++)
                all[e] = (ServiceEvent)e;
        assert_int_equal(reach(UINT32_C(1) << SUB_DEAD, all, SERVICE_EVENTS),
                         (UINT32_C(1) << SUB_STATES) - 2);
}

/* A stop that nothing answers ends by time-outs alone. */
static void test_time_alone_ends_a_stop(void **unused) {
        static const ServiceEvent time[] = { EVENT_STOP, EVENT_TIMEOUT, EVENT_SUCCEEDED };

        for (int s = SUB_CONDITION; s < SUB_STATES; s++)
                if (s != SUB_FAILED && s != SUB_OVER)
                        assert_true(reach(UINT32_C(1) << s, time, ARRAY_SIZE(time)) >> SUB_DEAD &
                                    1);
}

/* No way back: what is being stopped does not run again before it has ended. Only a mount that
 * could not be unmounted stays. */
static void test_a_stop_goes_on_to_the_end(void **unused) {
        for (int s = SUB_STOP; s < SUB_OVER; s++)
                for (int e = 0; e < SERVICE_EVENTS; e++) {
                        uint8_t to = service_fsm((ServiceState)s, (ServiceEvent)e)->to;

                        assert_true(to == SUB_NOWHERE || to > s || e == EVENT_FOUND ||
                                    (s == SUB_STOP_SIGTERM && to == SUB_STOP_WATCHDOG) ||
                                    (s == SUB_FINAL_SIGTERM && to == SUB_FINAL_WATCHDOG));
                }
}

static void test_names(void **unused) {
        for (int s = SUB_DEAD; s < SUB_STATES; s++)
                assert_int_equal(service_fsm_from_name(service_fsm_name((ServiceState)s)), s);
        assert_int_equal(service_fsm_from_name("nowhere"), -EINVAL);
        assert_int_equal(service_fsm_from_name("nosuch"), -EINVAL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_cell),
                cmocka_unit_test(test_every_state_is_reached),
                cmocka_unit_test(test_time_alone_ends_a_stop),
                cmocka_unit_test(test_a_stop_goes_on_to_the_end),
                cmocka_unit_test(test_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
