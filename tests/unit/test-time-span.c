/* Protects time spans: units, fractions and limits as systemd 252 has them, and the way back to
 * text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "units/time-span.h"

static void assert_span(const char *s, uint64_t expected) {
        uint64_t usec = 0;

        assert_int_equal(time_span_parse(s, TIME_SPAN_SEC, &usec), 0);
        assert_true(usec == expected);
}

static void assert_refused(const char *s, int error) {
        uint64_t usec = 4711;

        assert_int_equal(time_span_parse(s, TIME_SPAN_SEC, &usec), error);
        assert_int_equal(usec, 4711);
}

static void test_units(void **state) {
        assert_span("90", 90 * TIME_SPAN_SEC);
        assert_span(" 2 h 5min\t3 ", 2 * TIME_SPAN_HOUR + 5 * TIME_SPAN_MINUTE + 3 * TIME_SPAN_SEC);
        assert_span("5s5", 10 * TIME_SPAN_SEC);
        assert_span("1y1M1w1d", TIME_SPAN_YEAR + TIME_SPAN_MONTH + TIME_SPAN_WEEK + TIME_SPAN_DAY);
        assert_span("3m", 3 * TIME_SPAN_MINUTE);
        assert_span("3ms", 3 * TIME_SPAN_MSEC);
        assert_span("3\xc2\xb5s 4\xce\xbcs", 7);
        assert_span("+5", 5 * TIME_SPAN_SEC);
        assert_span("0", 0);
        assert_span("584542y", 584542 * TIME_SPAN_YEAR);
        assert_span("infinity ", TIME_SPAN_INFINITY);
}

static void test_default_unit(void **state) {
        uint64_t span;

        assert_int_equal(time_span_parse("3", TIME_SPAN_MSEC, &span), 0);
        assert_int_equal(span, 3000);
        assert_int_equal(time_span_parse_nsec("50000", &span), 0);
        assert_int_equal(span, 50000);
        assert_int_equal(time_span_parse_nsec("1us 5ns", &span), 0);
        assert_int_equal(span, 1005);
        assert_int_equal(time_span_parse_nsec("1.5s", &span), 0);
        assert_int_equal(span, 1500000000);
        assert_refused("5ns", -EINVAL);
}

static void test_fractions(void **state) {
        assert_span("1.5", 1500000);
        assert_span(".5h", 30 * TIME_SPAN_MINUTE);
        assert_span("1.000000999s", TIME_SPAN_SEC);
        assert_span("0.1us", 0);
        assert_span("12.34 .56", 12900000);
        assert_refused("12.34.56", -EINVAL);
        assert_refused("3.s", -EINVAL);
        assert_refused("3. 1", -EINVAL);
}

static void test_refusals(void **state) {
        assert_refused("", -EINVAL);
        assert_refused(" ", -EINVAL);
        assert_refused("s", -EINVAL);
        assert_refused("5x", -EINVAL);
        assert_refused("5 +x", -EINVAL);
        assert_refused("-1", -ERANGE);
        assert_refused("1 -1", -ERANGE);
        assert_refused("infinity 5", -EINVAL);
        assert_refused("18446744073710", -ERANGE);
        assert_refused("18446744073709551615us", -ERANGE);
        assert_refused("9223372036854775808us", -ERANGE);
        assert_refused("584542y 1y", -ERANGE);
}

static void assert_text(uint64_t usec, uint64_t accuracy, const char *expected) {
        char text[TIME_SPAN_MAX];

        assert_string_equal(time_span_format(usec, accuracy, text), expected);
}

static void test_formats(void **state) {
        char text[TIME_SPAN_MAX];

        assert_text(90 * TIME_SPAN_MINUTE, 1, "1h 30min");
        assert_text(1500000, 1, "1.500000s");
        assert_text(1500000, TIME_SPAN_MSEC, "1.500s");
        assert_text(1500000, TIME_SPAN_SEC, "1s");
        assert_text(61500000, 1, "1min 1.500000s");
        assert_text(1001, 1, "1.001ms");
        assert_text(0, 1, "0");
        assert_text(TIME_SPAN_INFINITY, 1, "infinity");
        assert_text(TIME_SPAN_INFINITY - 1, 1, "584542y 2w 2d 20h 1min 49.551614s");
        assert_string_equal(time_span_format_nsec(50000, text), "50us");
        assert_string_equal(time_span_format_nsec(1000001, text), "1ms 1ns");
        assert_string_equal(time_span_format_nsec(TIME_SPAN_INFINITY, text), "infinity");
}

static void test_text_and_back(void **state) {
        char text[TIME_SPAN_MAX];
        uint64_t usec = 1, again;

        for (int i = 0; i < 63; i++, usec = usec * 2 + (uint64_t)i) {
                assert_int_equal(
                        time_span_parse(time_span_format(usec, 1, text), TIME_SPAN_SEC, &again), 0);
                assert_true(usec == again);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_units),     cmocka_unit_test(test_default_unit),
                cmocka_unit_test(test_fractions), cmocka_unit_test(test_refusals),
                cmocka_unit_test(test_formats),   cmocka_unit_test(test_text_and_back),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
