/* Protects the reading of sd_notify(3) messages, which any process of a service may send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "supervisor/manager/notify-message.h"

static char text[512];

static NotifyMessage parse(const char *message) {
        NotifyMessage m;

        snprintf(text, sizeof(text), "%s", message);
        notify_message_parse(text, strlen(text), &m);
        return m;
}

static void test_all_keys(void **unused) {
        NotifyMessage m = parse("READY=1\nSTATUS=all well\nMAINPID=12\nERRNO=2\nWATCHDOG=1\n"
                                "WATCHDOG_USEC=5\nEXTEND_TIMEOUT_USEC=6\nMONOTONIC_USEC=7\n"
                                "FDSTORE=1\nFDNAME=some\nBARRIER=1\nX_OTHER=1\n");

        assert_true(m.ready && m.watchdog && m.fdstore && m.barrier && m.has_watchdog_usec);
        assert_false(m.reloading || m.stopping || m.watchdog_trigger || m.fdstore_remove);
        assert_string_equal(m.status, "all well");
        assert_string_equal(m.fd_name, "some");
        assert_int_equal(m.main, 12);
        assert_int_equal(m.error, 2);
        assert_int_equal(m.watchdog_usec, 5);
        assert_int_equal(m.extend_timeout_usec, 6);
        assert_int_equal(m.monotonic_usec, 7);
        m = parse("RELOADING=1\nSTOPPING=1\nWATCHDOG=trigger\nFDSTOREREMOVE=1\nFDPOLL=0");
        assert_true(m.reloading && m.stopping && m.watchdog_trigger && m.fdstore_remove);
        assert_true(m.fd_no_poll);
}

static void test_wrong_ones_are_passed_over(void **unused) {
        NotifyMessage m = parse("READY=0\nREADY\n=1\n\nMAINPID=-1\nMAINPID=99999999999\nMAINPID=0\n"
                                "ERRNO=x\nERRNO=5000\nWATCHDOG_USEC=-1\nSTATUS=\xff\nFDNAME=a:b\n"
                                "FDNAME=a b\nFDNAME=\n");

        assert_false(m.ready || m.has_watchdog_usec);
        assert_int_equal(m.main, 0);
        assert_int_equal(m.error, -1);
        assert_null(m.status);
        assert_null(m.fd_name);
        m = parse("");
        assert_int_equal(m.error, -1);
}

/* A NUL in the middle makes all of it nonsense, as systemd has it. */
static void test_embedded_nul(void **unused) {
        char data[] = "READY=1\0STOPPING=1";
        NotifyMessage m;

        notify_message_parse(data, sizeof(data) - 1, &m);
        assert_false(m.ready || m.stopping);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_all_keys),
                cmocka_unit_test(test_wrong_ones_are_passed_over),
                cmocka_unit_test(test_embedded_nul),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
