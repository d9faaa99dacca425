/* Protects calendar events: what is read, its normal form, and the next elapse across clock
 * changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/text.h"
#include "units/calendar.h"
#include "units/time-span.h"
#include "units/time-zone.h"
#include "units/timestamp.h"

static void set_zone(const char *zone) {
        setenv("TZ", zone, 1);
        tzset();
}

static void assert_form(const char *s, const char *expected) {
        _cleanup_calendar_ CalendarSpec *spec = NULL, *again = NULL;
        _cleanup_free_ char *form = NULL, *form_again = NULL;

        assert_int_equal(calendar_parse(s, &spec), 0);
        assert_int_equal(calendar_format(spec, &form), 0);
        assert_string_equal(form, expected);
        assert_int_equal(calendar_parse(form, &again), 0);
        assert_int_equal(calendar_format(again, &form_again), 0);
        assert_string_equal(form_again, expected);
}

static void assert_refused(const char *s, int error) {
        CalendarSpec *spec = NULL;

        assert_int_equal(calendar_parse(s, &spec), error);
        assert_null(spec);
}

static uint64_t at(const char *s) {
        uint64_t usec;

        assert_int_equal(timestamp_parse(s, 0, &usec), 0);
        return usec;
}

/* EXPECTED NULL: never */
static void assert_next(const char *s, const char *after, const char *expected) {
        _cleanup_calendar_ CalendarSpec *spec = NULL;
        uint64_t usec = 0;
        int r;

        assert_int_equal(calendar_parse(s, &spec), 0);
        r = calendar_next(spec, at(after), &usec);
        assert_int_equal(r, expected ? 0 : -ENOENT);
        assert_int_equal(usec, expected ? at(expected) : 0);
}

static void test_forms(void **state) {
        set_zone("UTC");
        assert_form("daily", "*-*-* 00:00:00");
        assert_form("Weekly", "Mon *-*-* 00:00:00");
        assert_form("quarterly UTC", "*-01,04,07,10-01 00:00:00 UTC");
        assert_form("sat,Thu,Mon-Wed,Sat-Sun", "Mon..Thu,Sat,Sun *-*-* 00:00:00");
        assert_form("Mon..Sun 10:00", "*-*-* 10:00:00");
        assert_form("12,14,13,12:20,10,30", "*-*-* 12,13,14:10,20,30:00");
        assert_form("mon,fri *-1/2-1,3 *:30:45", "Mon,Fri *-01/2-01,03 *:30:45");
        assert_form("03-05 08:05:40", "*-03-05 08:05:40");
        assert_form("05:40:23.4200004/3.1700005", "*-*-* 05:40:23.420000/3.170001");
        assert_form("00:00:00.1/0.2", "*-*-* 00:00:00.100000/0.200000");
        assert_form("2003-02..04-05", "2003-02..04-05 00:00:00");
        assert_form("5..7/1:0", "*-*-* 05..07:00:00");
        assert_form("1..6/4:0", "*-*-* 01..05/4:00:00");
        assert_form("*-*~05,3 ", "*-*~03,05 00:00:00");
        assert_form("69-1-1", "2069-01-01 00:00:00");
        assert_form("99-1-1", "1999-01-01 00:00:00");
        assert_form("*:*:0/1,30", "*-*-* *:*:*");
        assert_form("*:*:0/1,30.5", "*-*-* *:*:00/1,30.500000");
        assert_form("@1395716396", "2014-03-25 02:59:56 UTC");
        assert_form("09:00 Europe/Berlin", "*-*-* 09:00:00 Europe/Berlin");
        set_zone("Europe/Berlin");
        assert_form("09:00 cest", "*-*-* 09:00:00 CEST");
}

static void test_refusals(void **state) {
        static const char *const texts[] = {
                "",
                " ",
                "10",
                "*",
                "7",
                "121212:1:2",
                "2000-03-05.23 00:00:00",
                "00:00:00..00",
                "00:00:00/0.1x",
                "Mon,,Tue",
                "Mon..",
                "Sun..Mon",
                "mon tue",
                "Mond",
                "20:00:00-",
                "24:00",
                "1:60",
                "1:1:60",
                "*-13-1",
                "*-1-32",
                "*-*~29",
                "1969-1-1",
                "2200-1-1",
                "5..1-1",
                "*-*-*~1",
                "*:*:*/2",
                "1:1:",
                "1:1:1.",
                "2020-1-1T10:00",
                "10:00 Europe/Nowhere",
                "10:00 ../Berlin",
                "UTC",
                "@",
                "@-1",
                "@1 10:00",
        };

        set_zone("UTC");
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
                assert_refused(texts[i], -EINVAL);
        assert_refused("*:*:0/0", -ERANGE);
        assert_refused("4294967296-1-1", -ERANGE);
        assert_refused("@18446744073709551616", -ERANGE);
}

static void test_next(void **state) {
        set_zone("UTC");
        assert_next("daily", "2024-02-28 12:00", "2024-02-29");
        assert_next("daily", "2024-02-29", "2024-03-01");
        assert_next("*-02-29", "2024-02-29", "2028-02-29");
        assert_next("Mon *-02-29", "2024-03-01", "2044-02-29");
        assert_next("*-02~01", "2024-01-01", "2024-02-29");
        assert_next("*-02~01", "2024-03-01", "2025-02-28");
        assert_next("Mon *-05~07/1", "2024-01-01", "2024-05-27");
        assert_next("*-*~01..28/7 12:00", "2024-02-01", "2024-02-08 12:00");
        assert_next("*:*:0/0.5", "2024-01-01 00:00:00.5", "2024-01-01 00:00:01");
        assert_next("*:*:0/0.5", "2024-01-01 00:00:00.499999", "2024-01-01 00:00:00.5");
        assert_next("Fri *-*-13 12:00", "2024-01-01", "2024-09-13 12:00");
        assert_next("2020-01-01", "2024-01-01", NULL);
        assert_next("Mon 2024-01-02", "2020-01-01", NULL);
        assert_next("*-02-31", "2024-01-01", NULL);
        assert_next("2199-12-31 23:59:59", "2199-12-31 23:59:59", NULL);
}

static void test_next_is_bounded(void **state) {
        _cleanup_calendar_ CalendarSpec *spec = NULL;
        uint64_t usec = 7;

        set_zone("UTC");
        assert_int_equal(calendar_parse("daily", &spec), 0);
        assert_int_equal(calendar_next(spec, TIMESTAMP_LAST + 1, &usec), -EINVAL);
        assert_int_equal(calendar_next(spec, UINT64_MAX, &usec), -EINVAL);
        assert_int_equal(calendar_next(spec, TIMESTAMP_LAST, &usec), -ENOENT);
        assert_int_equal(usec, 7);
}

static void test_clock_put_forward(void **state) {
        set_zone("Europe/Berlin");
        /* 02:30 does not exist on that day. */
        assert_next("*-*-* 02:30", "2024-03-30 12:00", "2024-04-01 02:30");
        assert_next("*:30", "2024-03-31 01:30", "2024-03-31 03:30");
        assert_next("daily", "2024-03-30 23:00", "2024-03-31");
        /* 00:00 does not exist on that day. */
        set_zone("America/Sao_Paulo");
        assert_next("daily", "2017-10-14 12:00", "2017-10-16");
        /* Nor does the whole day. */
        set_zone("Pacific/Apia");
        assert_next("*-*-30", "2011-12-01", "2012-01-30");
        assert_next("*-12~02", "2011-12-01", "2012-12-30");
        /* By half an hour, and with a winter time that counts as the odd one. */
        set_zone("Australia/Lord_Howe");
        assert_next("*:15", "2024-10-06 01:15", "2024-10-06 03:15");
        set_zone("Europe/Dublin");
        assert_next("*:20", "2024-03-31 00:20", "2024-03-31 02:20");
}

static void test_clock_put_back(void **state) {
        set_zone("Europe/Berlin");
        assert_next("02:30", "2024-10-26 12:00", "2024-10-27 00:30 UTC");
        assert_next("*:30", "2024-10-27 00:45 UTC", "2024-10-27 02:30 UTC");
        assert_next("*:30", "2024-10-27 01:10 UTC", "2024-10-27 01:30 UTC");
        assert_next("02:30", "2024-10-27 00:30 UTC", "2024-10-28 02:30");
        /* Neither time is summer time there. */
        set_zone("Africa/Casablanca");
        assert_next("*:*", "1985-12-31 23:34:30 UTC", "1985-12-31 23:35 UTC");
}

static void test_zones(void **state) {
        set_zone("America/New_York");
        assert_next("09:00 Europe/Berlin", "2024-07-01 12:00 UTC", "2024-07-02 07:00 UTC");
        assert_next("09:00 UTC", "2024-07-01 12:00 UTC", "2024-07-02 09:00 UTC");
        assert_next("09:00", "2024-07-01 12:00 UTC", "2024-07-01 13:00 UTC");
        assert_next("09:00 EDT", "2024-07-01 12:00 UTC", "2024-07-01 13:00 UTC");
        assert_string_equal(getenv("TZ"), "America/New_York");
}

/* The local zone's own names hold in one half of the year only. */
static void test_seasons(void **state) {
        set_zone("Europe/Berlin");
        assert_next("12:00 CEST", "2024-07-01", "2024-07-01 10:00 UTC");
        assert_next("12:00 CET", "2024-07-01", "2024-10-27 11:00 UTC");
        assert_next("12:00 CEST", "2024-12-01", "2025-03-30 10:00 UTC");
        assert_next("*:* CET", "2024-07-01", "2024-10-27 01:00 UTC");
        assert_next("02:30 CET", "2024-07-01", "2024-10-27 01:30 UTC");
        assert_next("*-07-01 CET", "2024-01-01", NULL);
        /* Repetitions that lead into the next year must not carry its season back. */
        assert_next("*-01/5-03", "2023-11-14", "2024-01-03");
        assert_next("*-04/6~01", "2023-11-14", "2024-04-30");
}

/* A named zone must leave no trace: neither in TZ, set or not, nor in what libc makes of times. */
static void test_zone_is_put_back(void **state) {
        _cleanup_calendar_ CalendarSpec *spec = NULL;
        const time_t summer = 1720000000;
        struct tm before, after;
        uint64_t usec;

        assert_int_equal(calendar_parse("09:00 Asia/Tokyo", &spec), 0);
        unsetenv("TZ");
        tzset();
        localtime_r(&summer, &before);
        assert_int_equal(calendar_next(spec, at("@1720000000"), &usec), 0);
        assert_null(getenv("TZ"));
        localtime_r(&summer, &after);
        assert_int_equal(before.tm_gmtoff, after.tm_gmtoff);

        putenv((char[]){ "TZ=America/New_York" });
        const char *value = getenv("TZ");
        assert_int_equal(calendar_next(spec, at("@1720000000"), &usec), 0);
        assert_ptr_equal(getenv("TZ"), value);
        localtime_r(&summer, &after);
        assert_int_equal(after.tm_gmtoff, -4 * 3600);
        unsetenv("TZ");
}

static void test_timestamps(void **state) {
        const uint64_t now = UINT64_C(1717165800000000); /* 2024-05-31 14:30 UTC */
        char text[TIMESTAMP_MAX];
        uint64_t usec;

        set_zone("Europe/Berlin");
        assert_int_equal(at("2024-05-31 14:30 UTC"), now);
        assert_int_equal(at("Fri 2024-05-31 16:30:00"), now);
        assert_int_equal(at("24-5-31 23:30 Asia/Tokyo"), now);
        assert_int_equal(timestamp_parse("tomorrow", now, &usec), 0);
        assert_int_equal(usec, at("2024-06-01"));
        assert_int_equal(timestamp_parse("10:00", now, &usec), 0);
        assert_int_equal(usec, at("2024-05-31 10:00"));
        assert_int_equal(timestamp_parse("2h ago", now, &usec), 0);
        assert_int_equal(usec, at("2024-05-31 12:30 UTC"));
        assert_int_equal(timestamp_parse("+1d", now, &usec), 0);
        assert_int_equal(usec, at("2024-06-01 14:30 UTC"));
        assert_true(timestamp_parse("Sat 2024-05-31", now, &usec) < 0);
        assert_true(timestamp_parse("2024-02-30", now, &usec) < 0);
        assert_true(timestamp_parse("noon", now, &usec) < 0);
        assert_true(timestamp_parse("+infinity", now, &usec) < 0);
        assert_string_equal(timestamp_format(now, false, text), "Fri 2024-05-31 16:30:00 CEST");
        assert_string_equal(timestamp_format(now, true, text), "Fri 2024-05-31 14:30:00 UTC");
        assert_string_equal(timestamp_format(UINT64_MAX, true, text), "after the year 9999");
        assert_string_equal(timestamp_format_relative(now, now + 8 * TIME_SPAN_DAY, text),
                            "1 week 1 day ago");
        assert_string_equal(timestamp_format_relative(now + 90 * TIME_SPAN_MINUTE, now, text),
                            "1h 30min left");
        assert_string_equal(timestamp_format_relative(now, now, text), "now");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_forms),
                cmocka_unit_test(test_refusals),
                cmocka_unit_test(test_next),
                cmocka_unit_test(test_next_is_bounded),
                cmocka_unit_test(test_clock_put_forward),
                cmocka_unit_test(test_clock_put_back),
                cmocka_unit_test(test_zones),
                cmocka_unit_test(test_seasons),
                cmocka_unit_test(test_zone_is_put_back),
                cmocka_unit_test(test_timestamps),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
