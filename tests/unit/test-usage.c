/* Protects the reading of the kernel's counters of control groups: also of texts that no kernel
 * writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "supervisor/manager/usage.h"

static const uint64_t unknown = UINT64_MAX;

static void test_numbers(void **unused) {
        assert_true(usage_parse_number("4096\n") == 4096);
        assert_true(usage_parse_number("0") == 0);
        assert_true(usage_parse_number("max\n") == unknown);
        assert_true(usage_parse_number("") == unknown);
        assert_true(usage_parse_number("-1\n") == unknown);
        assert_true(usage_parse_number("12x\n") == unknown);
        assert_true(usage_parse_number("99999999999999999999999\n") == unknown);
        assert_true(usage_parse_number("1111111111111111111111111111111111111111111") == unknown);
}

static void test_keys(void **unused) {
        static const char events[] = "low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\noom_group_kill 5\n";

        assert_true(usage_parse_key(events, "oom") == 3);
        assert_true(usage_parse_key(events, "oom_kill") == 4);
        assert_true(usage_parse_key(events, "oom_group_kill") == 5);
        assert_true(usage_parse_key(events, "kill") == unknown);
        assert_true(usage_parse_key(events, "") == unknown);
        assert_true(usage_parse_key("oom_kill", "oom_kill") == unknown);
        assert_true(usage_parse_key("oom_kill \n", "oom_kill") == unknown);
        assert_true(usage_parse_key("\n\n\noom_kill 7", "oom_kill") == 7);
        assert_true(usage_parse_key("", "oom_kill") == unknown);
}

static void test_cpu(void **unused) {
        assert_true(usage_parse_cpu("usage_usec 12\nuser_usec 10\nsystem_usec 2\n") == 12000);
        assert_true(usage_parse_cpu("usage_usec 18446744073709551614\n") == unknown);
        assert_true(usage_parse_cpu("user_usec 10\n") == unknown);
}

static void test_io(void **unused) {
        Usage u = USAGE_UNKNOWN;

        usage_parse_io("8:0 rbytes=10 wbytes=20 rios=3 wios=4 dbytes=9 dios=9\n"
                       "259:0 rbytes=1 wbytes=2 rios=3 wios=4\n",
                       &u);
        assert_true(u.io_read_bytes == 11 && u.io_write_bytes == 22);
        assert_true(u.io_read_operations == 6 && u.io_write_operations == 8);
        assert_true(u.memory == unknown && u.cpu_ns == unknown);
        usage_parse_io("", &u);
        assert_true(u.io_read_bytes == 0 && u.io_write_operations == 0);
        /* a sum that is too large stops, and is no "unknown" */
        usage_parse_io("8:0 rbytes=18446744073709551614 wbytes=x rios= wios\n"
                       "8:1 rbytes=18446744073709551614 wbytes=5\n",
                       &u);
        assert_true(u.io_read_bytes == unknown - 1);
        assert_true(u.io_write_bytes == 5);
        assert_true(u.io_read_operations == 0 && u.io_write_operations == 0);
}

static void test_what_is_left(void **unused) {
        assert_true(usage_left(unknown, unknown, 5) == unknown);
        assert_true(usage_left(unknown, 10, 4) == 6);
        assert_true(usage_left(3, 10, 4) == 3);
        assert_true(usage_left(3, 4, 10) == 0);
        assert_true(usage_left(3, 4, unknown) == 3);
}

static void test_what_stays(void **unused) {
        Usage u = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

        usage_keep(&u);
        assert_true(u.memory == unknown && u.tasks == unknown && u.memory_swap == unknown);
        assert_true(u.memory_peak == 2 && u.cpu_ns == 5 && u.io_write_operations == 10);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_numbers),      cmocka_unit_test(test_keys),
                cmocka_unit_test(test_cpu),          cmocka_unit_test(test_io),
                cmocka_unit_test(test_what_is_left), cmocka_unit_test(test_what_stays),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
