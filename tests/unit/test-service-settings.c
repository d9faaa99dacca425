/* Protects the judgements about a service: what is a clean end, what restarts, and after how long:
 * systemd.service(5). */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "supervisor/manager/service-settings.h"

static void take(const char *lines, ServiceSettings *ret) {
        _cleanup_(config_done) Config c;
        char text[512];

        snprintf(text, sizeof(text), "[Service]\n%s\n", lines);
        assert_int_equal(config_init(&c), 0);
        assert_int_equal(config_parse_text(&c, "test", text, strlen(text), &(ParseContext){ 0 }),
                         0);
        assert_int_equal(service_settings_take(&c, ret), 0);
}

static void test_defaults(void **unused) {
        ServiceSettings s;

        take("ExecStart=/bin/true", &s);
        assert_int_equal(s.type, SERVICE_SIMPLE);
        assert_int_equal(s.notify_access, NOTIFY_ACCESS_NONE);
        assert_int_equal(s.timeout_start, 90000000);
        assert_int_equal(s.kill_signal, SIGTERM);
        assert_int_equal(s.restart_kill_signal, SIGTERM);
        assert_false(s.can_reload);
        take("ExecStop=/bin/true", &s);
        assert_int_equal(s.type, SERVICE_ONESHOT);
        assert_true(s.timeout_start == SETTING_INFINITY);
        take("Type=oneshot\nTimeoutStartSec=5\nExecStart=/bin/true", &s);
        assert_int_equal(s.timeout_start, 5000000);
        take("ExecStart=/bin/true\nBusName=a.b", &s);
        assert_int_equal(s.type, SERVICE_DBUS);
        service_settings_done(&s);
        take("ExecStart=/bin/true\nType=notify-reload\nTimeoutStopSec=7", &s);
        assert_int_equal(s.notify_access, NOTIFY_ACCESS_MAIN);
        assert_true(s.can_reload);
        assert_int_equal(s.timeout_abort, 7000000);
        take("ExecStart=/bin/true\nWatchdogSec=3", &s);
        assert_int_equal(s.notify_access, NOTIFY_ACCESS_MAIN);
        assert_int_equal(s.watchdog, 3000000);
}

static void test_judge(void **unused) {
        ServiceSettings s;

        take("ExecStart=/bin/true\nSuccessExitStatus=7 SIGUSR1", &s);
        assert_int_equal(service_settings_judge(&s, CLD_EXITED, 0, true), RESULT_SUCCESS);
        assert_int_equal(service_settings_judge(&s, CLD_EXITED, 1, true), RESULT_EXIT_CODE);
        assert_int_equal(service_settings_judge(&s, CLD_EXITED, 7, true), RESULT_SUCCESS);
        assert_int_equal(service_settings_judge(&s, CLD_KILLED, SIGUSR1, true), RESULT_SUCCESS);
        assert_int_equal(service_settings_judge(&s, CLD_KILLED, SIGUSR2, true), RESULT_SIGNAL);
        assert_int_equal(service_settings_judge(&s, CLD_KILLED, SIGKILL, true), RESULT_SIGNAL);
        assert_int_equal(service_settings_judge(&s, CLD_DUMPED, SIGSEGV, true), RESULT_CORE_DUMP);
        /* a daemon is asked to end by these, a command is interrupted */
        for (int i = 0; i < 4; i++) {
                const int signals[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };

                assert_int_equal(service_settings_judge(&s, CLD_KILLED, signals[i], true),
                                 RESULT_SUCCESS);
                assert_int_equal(service_settings_judge(&s, CLD_KILLED, signals[i], false),
                                 RESULT_SIGNAL);
        }
}

/* The table "Exit causes and the effect of the Restart= settings". */
static void test_restart_table(void **unused) {
        static const struct {
                const char *setting;
                bool clean, unclean_code, unclean_signal, timeout, watchdog;
        } rows[] = {
                { "no", false, false, false, false, false },
                { "always", true, true, true, true, true },
                { "on-success", true, false, false, false, false },
                { "on-failure", false, true, true, true, true },
                { "on-abnormal", false, false, true, true, true },
                { "on-abort", false, false, true, false, false },
                { "on-watchdog", false, false, false, false, true },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                ServiceSettings s;
                char line[64];

                snprintf(line, sizeof(line), "ExecStart=/bin/true\nRestart=%s", rows[i].setting);
                take(line, &s);
                assert_int_equal(service_settings_restarts(&s, RESULT_SUCCESS, CLD_EXITED, 0),
                                 rows[i].clean);
                assert_int_equal(service_settings_restarts(&s, RESULT_EXIT_CODE, CLD_EXITED, 1),
                                 rows[i].unclean_code);
                assert_int_equal(service_settings_restarts(&s, RESULT_SIGNAL, CLD_KILLED, SIGKILL),
                                 rows[i].unclean_signal);
                assert_int_equal(service_settings_restarts(&s, RESULT_TIMEOUT, CLD_KILLED, SIGTERM),
                                 rows[i].timeout);
                assert_int_equal(
                        service_settings_restarts(&s, RESULT_WATCHDOG, CLD_KILLED, SIGABRT),
                        rows[i].watchdog);
                assert_false(service_settings_restarts(&s, RESULT_EXEC_CONDITION, 0, 0));
        }
}

static void test_restart_exceptions(void **unused) {
        ServiceSettings s;

        take("ExecStart=/bin/true\nRestart=always\nRestartPreventExitStatus=3 SIGKILL", &s);
        assert_false(service_settings_restarts(&s, RESULT_EXIT_CODE, CLD_EXITED, 3));
        assert_true(service_settings_restarts(&s, RESULT_EXIT_CODE, CLD_EXITED, 4));
        assert_false(service_settings_restarts(&s, RESULT_SIGNAL, CLD_KILLED, SIGKILL));
        take("ExecStart=/bin/true\nRestartForceExitStatus=3", &s);
        assert_true(service_settings_restarts(&s, RESULT_EXIT_CODE, CLD_EXITED, 3));
        assert_false(service_settings_restarts(&s, RESULT_EXIT_CODE, CLD_EXITED, 4));
}

static void test_delay(void **unused) {
        ServiceSettings s;

        take("ExecStart=/bin/true", &s);
        assert_int_equal(service_settings_delay(&s, 0), 100000);
        assert_int_equal(service_settings_delay(&s, 1000), 100000);
        take("ExecStart=/bin/true\nRestartSec=1\nRestartSteps=3\nRestartMaxDelaySec=8", &s);
        assert_int_equal(service_settings_delay(&s, 0), 1000000);
        assert_in_range(service_settings_delay(&s, 1), 1999990, 2000010);
        assert_in_range(service_settings_delay(&s, 2), 3999980, 4000020);
        assert_int_equal(service_settings_delay(&s, 3), 8000000);
        assert_int_equal(service_settings_delay(&s, 4000000000), 8000000);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_defaults),      cmocka_unit_test(test_judge),
                cmocka_unit_test(test_restart_table), cmocka_unit_test(test_restart_exceptions),
                cmocka_unit_test(test_delay),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
