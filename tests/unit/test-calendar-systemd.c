/*
 * Protects the promise that timers and time-outs mean here what they mean to
 * systemd: gives thousands of written and generated calendar events, time spans
 * and timestamps to units/ and to systemd's own library, in several time zones,
 * and wants the same refusals, normalised forms and next elapses.
 *
 * Needs systemd 252's private library. Random numbers have fixed seeds, so a
 * difference comes again; argument: how many rounds.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/number.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "units/calendar.h"
#include "units/time-span.h"
#include "units/time-zone.h"
#include "units/timestamp.h"

#ifdef __aarch64__
#define LIBRARY "/usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-252.so"
#else
#define LIBRARY "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so"
#endif

#define ROUNDS  6000u /* in each time zone */
#define SKIPPED 77
#define SHOWN   20u

/* systemd's functions, as its headers of version 252 declare them. */
static int (*spec_from_string)(const char *s, void **ret);
static int (*spec_to_string)(const void *spec, char **ret);
static int (*spec_next_usec)(const void *spec, uint64_t usec, uint64_t *ret);
static void *(*spec_free)(void *spec);
static int (*parse_time)(const char *s, uint64_t *ret, uint64_t default_unit);
static int (*parse_nsec)(const char *s, uint64_t *ret);
static char *(*format_timespan)(char *to, size_t size, uint64_t usec, uint64_t accuracy);
static int (*parse_timestamp)(const char *s, uint64_t *ret);
static int (*log_set_max_level)(int level);

static const struct {
        const char *name;
        void **function;
} symbols[] = {
        { "calendar_spec_from_string", (void **)&spec_from_string },
        { "calendar_spec_to_string", (void **)&spec_to_string },
        { "calendar_spec_next_usec", (void **)&spec_next_usec },
        { "calendar_spec_free", (void **)&spec_free },
        { "parse_time", (void **)&parse_time },
        { "parse_nsec", (void **)&parse_nsec },
        { "format_timespan", (void **)&format_timespan },
        { "parse_timestamp", (void **)&parse_timestamp },
        { "log_set_max_level", (void **)&log_set_max_level },
};

/* Clocks that change at night, at midnight, by half an hour, by two hours, that skip a day, and
 * that go the other way round. */
static const char *const zones[] = { "UTC",
                                     "Europe/Berlin",
                                     "America/New_York",
                                     "America/Sao_Paulo",
                                     "Australia/Lord_Howe",
                                     "Antarctica/Troll",
                                     "Pacific/Apia",
                                     "Europe/Dublin",
                                     "Africa/Casablanca",
                                     "Asia/Kathmandu" };

static unsigned seed, differences, compared, refused, missed;

static unsigned below(unsigned n) {
        return (unsigned)rand_r(&seed) % n;
}

static _noreturn_ void skip(const char *reason) {
        printf("skipped: %s\n", reason);
        exit(SKIPPED);
}

static void differ(const char *input, const char *what, const char *ours, const char *theirs) {
        if (differences++ < SHOWN)
                fprintf(stderr, "TZ=%s \"%s\": %s: we say %s, systemd %s\n", getenv("TZ"), input,
                        what, ours, theirs);
}

static void differ_number(const char *input, const char *what, int r, uint64_t ours, int q,
                          uint64_t theirs) {
        char a[64], b[64];

        snprintf(a, sizeof(a), "%d, %" PRIu64, r, ours);
        snprintf(b, sizeof(b), "%d, %" PRIu64, q, theirs);
        differ(input, what, a, b);
}

/* ---- calendar events ---- */

/* Two times that the clock shows alike. */
static bool same_clock(uint64_t a, uint64_t b) {
        char x[TIMESTAMP_MAX], y[TIMESTAMP_MAX];

        timestamp_format(a, false, x);
        timestamp_format(b, false, y);
        return strncmp(x, y, strlen("Sun 2024-11-03 01:33:00")) == 0;
}

/* Around some clock changes systemd misses an elapse, goes round in circles until it gives up,
 * answers a time that is over, or takes the second of two alike. It mostly knows better when it is
 * asked for the same instant from just before: then that, and not its first answer, is what we
 * want. */
static bool is_missed(const void *theirs, uint64_t base, int r, uint64_t a, int q, uint64_t b) {
        uint64_t again;

        if (r < 0 || a <= base || (q >= 0 && b > base && b <= a))
                return false;
        if (q >= 0 && b > base && same_clock(a, b)) {
                missed++;
                return true;
        }
        if ((q < 0 || b > base) && (spec_next_usec(theirs, a - 1, &again) < 0 || again != a))
                return false;
        missed++;
        return true;
}

/* "GMT" means the seasons in which the clock shows it. As long as the zone had no such season yet,
 * as Dublin until 1971, systemd answers with an instant of another one. */
static bool is_out_of_season(const char *s, int r, uint64_t a, int q, uint64_t b) {
        time_t t = (time_t)(b / TIME_SPAN_SEC);
        TimeZoneSuffix suffix;
        struct tm tm;

        if (q < 0 || (r >= 0 && a <= b))
                return false;
        time_zone_find_suffix(s, &suffix);
        if (suffix.dst < 0 || !localtime_r(&t, &tm) || (tm.tm_isdst > 0) == suffix.dst)
                return false;
        missed++;
        return true;
}

static void compare_elapses(const char *s, const CalendarSpec *ours, const void *theirs,
                            uint64_t base) {
        for (int i = 0; i < 3; i++) {
                uint64_t a = 0, b = 0;
                char what[64];
                int r = calendar_next(ours, base, &a), q = spec_next_usec(theirs, base, &b);

                snprintf(what, sizeof(what), "next elapse after %" PRIu64, base);
                if ((r < 0) == (q < 0) && a == b && (r < 0 || a > base)) {
                        base = a;
                        continue;
                }
                if (!is_missed(theirs, base, r, a, q, b) && !is_out_of_season(s, r, a, q, b))
                        differ_number(s, what, r, a, q, b);
                return;
        }
}

/* In a list of days from the month's end, systemd allows each further element three days less
 * than the one before. Nothing in systemd.time(7) says so, and we allow each 28. */
static bool is_list_from_end(const char *s) {
        const char *from_end = s + strcspn(s, "~");

        return from_end[strcspn(from_end, ", ")] == ',';
}

static void compare_calendar(const char *s, const uint64_t *bases, size_t n) {
        _cleanup_calendar_ CalendarSpec *ours = NULL;
        _cleanup_free_ char *a = NULL, *b = NULL;
        void *theirs = NULL;
        int r = calendar_parse(s, &ours), q = spec_from_string(s, &theirs);

        compared++;
        refused += q < 0;
        if ((r < 0) != (q < 0) && !(r == 0 && is_list_from_end(s)))
                differ_number(s, "calendar", r, 0, q, 0);
        if (r == 0 && q >= 0) {
                if (calendar_format(ours, &a) < 0 || spec_to_string(theirs, &b) < 0)
                        abort();
                /* Where every second is in the list, systemd drops the others, even fractions. */
                if (!text_eq(a, b) && !strstr(a, ":00/1,"))
                        differ(s, "normalised form", a, b);
                for (size_t i = 0; i < n; i++)
                        compare_elapses(s, ours, theirs, bases[i]);
        }
        if (q >= 0)
                spec_free(theirs);
}

/* Numbers that mostly fit the field, and sometimes just do not. */
static void add_number(StrBuf *b, unsigned first, unsigned last) {
        static const char *const odd[] = { "0",   "31",   "32",         "60", "99",
                                           "100", "2200", "4294967296", "05", "007",
                                           "+1",  "",     "x",          "28", "29" };

        if (below(40) == 0)
                strbuf_add(b, odd[below(ARRAY_SIZE(odd))]);
        else
                strbuf_addf(b, below(2) ? "%02u" : "%u", first + below(last - first + 1));
}

static void add_decimals(StrBuf *b, bool seconds) {
        static const char *const decimals[] = { ".5",       ".25", ".000001", ".9999994",
                                                ".9999995", ".",   ".100" };

        if (seconds && below(6) == 0)
                strbuf_add(b, decimals[below(ARRAY_SIZE(decimals))]);
}

static void add_field(StrBuf *b, unsigned first, unsigned last, bool seconds) {
        unsigned n = below(4) ? 1 : 1 + below(4);

        if (below(4) == 0) {
                strbuf_add_char(b, '*');
                return;
        }
        for (unsigned i = 0; i < n; i++) {
                if (i > 0)
                        strbuf_add_char(b, ',');
                add_number(b, first, last);
                add_decimals(b, seconds);
                if (below(4) == 0) {
                        strbuf_add(b, below(30) ? ".." : ".");
                        add_number(b, first, last);
                        add_decimals(b, seconds);
                }
                if (below(4) == 0) {
                        strbuf_add_char(b, '/');
                        add_number(b, 1, (last - first) / 2 + 1);
                        add_decimals(b, seconds);
                }
        }
}

static void add_weekdays(StrBuf *b) {
        static const char *const days[] = { "Mon", "tue",      "WED", "Thursday",
                                            "Fri", "saturday", "Sun", "Tues" };
        static const char *const separators[] = { ",", "..", "-", ",", "..", ".", ", " };
        unsigned n = 1 + below(3);

        for (unsigned i = 0; i < n; i++) {
                strbuf_add(b, days[below(below(20) ? 7 : 8)]);
                if (i + 1 < n)
                        strbuf_add(b, separators[below(below(20) ? 5 : 7)]);
        }
        strbuf_add(b, below(20) ? " " : below(2) ? "  " : ", ");
}

static void add_date(StrBuf *b) {
        if (below(2)) {
                if (below(3))
                        strbuf_add_char(b, '*');
                else
                        add_field(b, below(4) ? 1995 : 0, below(4) ? 2045 : 99, false);
                strbuf_add_char(b, '-');
        }
        add_field(b, 1, 12, false);
        strbuf_add_char(b, below(3) ? '-' : '~');
        add_field(b, 1, below(3) ? 28 : 31, false);
        strbuf_add_char(b, ' ');
}

static void add_zone(StrBuf *b) {
        static const char *const suffixes[] = { "UTC",
                                                "utc",
                                                "CET",
                                                "CEST",
                                                "cest",
                                                "EST",
                                                "EDT",
                                                "IST",
                                                "GMT",
                                                "Europe/Berlin",
                                                "America/New_York",
                                                "Pacific/Apia",
                                                "Europe/Nowhere",
                                                "../Berlin",
                                                "+0545",
                                                "Etc/GMT+5" };

        /* systemd starts a process for each question about a named zone. */
        if (below(12) == 0)
                strbuf_addf(b, "%s%s", below(20) ? " " : "  ",
                            suffixes[below(ARRAY_SIZE(suffixes))]);
}

static void damage(char *s) {
        static const char letters[] = "0123456789*-~:/., @MonT";
        size_t length = strlen(s);

        if (length > 0 && below(20) == 0)
                s[below((unsigned)length)] = letters[below(sizeof(letters) - 1)];
}

static char *generate_calendar(void) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char *s;

        if (below(4) == 0)
                add_weekdays(&b);
        if (below(4) > 0)
                add_date(&b);
        if (below(4) > 0) {
                add_field(&b, 0, 23, false);
                strbuf_add_char(&b, ':');
                add_field(&b, 0, 59, false);
                if (below(2)) {
                        strbuf_add_char(&b, ':');
                        add_field(&b, 0, 59, true);
                }
        }
        add_zone(&b);
        if (strbuf_take(&b, &s) < 0)
                abort();
        damage(s);
        return s;
}

/* Instants around which clocks change: these of the zones above, and any. */
static uint64_t generate_base(void) {
        static const char *const changes[] = { "2024-03-31 01:00 UTC",    "2024-10-27 01:00 UTC",
                                               "2024-03-10 07:00 UTC",    "2024-11-03 06:00 UTC",
                                               "2017-10-15 03:00 UTC",    "2018-02-18 02:00 UTC",
                                               "2024-04-06 15:00 UTC",    "2024-10-05 15:30 UTC",
                                               "2011-12-30 10:00 UTC",    "2024-03-10 02:00 UTC",
                                               "2024-04-14 02:00 UTC",    "1985-12-31 18:30 UTC",
                                               "2023-12-31 23:59:59 UTC", "2024-02-28 23:00 UTC",
                                               "2198-12-31 00:00 UTC",    "@86400" };
        uint64_t at;

        if (below(2))
                return below(2200 - 1970) * TIME_SPAN_YEAR + below(365) * TIME_SPAN_DAY +
                       below(86400) * TIME_SPAN_SEC + below(2) * below(1000000);
        if (timestamp_parse(changes[below(ARRAY_SIZE(changes))], 0, &at) < 0)
                abort();
        return at + below(3) * below(86400) * TIME_SPAN_SEC -
               MIN_OF(at, below(3) * below(7200) * TIME_SPAN_SEC);
}

static void compare_written_calendars(void) {
        static const char written[] =
                "minutely|hourly|daily|weekly|monthly|quarterly|semiannually|"
                "semi-annually|biannually|bi-annually|annually|anually|yearly|"
                "Daily UTC|weekly Europe/Berlin|hourlyx|| |*|* *|10|10:|:10|10:00:|*:*|"
                "Mon|Mon,|Mon,Tue|Mon-Wed|Mon..Wed|Mon..Wed,Sat|Sun..Mon|Mon..|..Mon|"
                "Mon,,Tue|Mon..Wed..Fri|Mon.Tue|Mon Tue|Mon 10:00|Mon  10:00|Mon..Sun|"
                "Monday,Mon|Mond|2024-02-29|*-02-29|*-02-30|*-02-31|*-04-31|"
                "Mon *-02-29|24-1-1|69-1-1|70-1-1|99-1-1|1969-1-1|2199-12-31|2200-1-1|"
                "2000..2099/4-1-1|*-*~1|*~1|*-02~01|*-02~03..01|*-02~01..03|*-02~05/1|"
                "*-*~07/1|Mon *-05~07/1|*-*~28|*-*~29|*-*~31|*~*|*~*-1|*-*-*~1|"
                "*-*~01..28/7|2,5,1..4/2-1|1..5/70-1|5..1-1|*:0/5|*:0..59/5|*:*:*|"
                "*:*:0/0.5|*:*:0/0.000001|*:*:0/0|*:*:59.999999|*:*:59.9999994|"
                "*:*:59.9999995|*:*:0..1/0.25|*:*:3.5..3.6|*:*:1.|*:*:60|*:60|24:0|"
                "0..23:*|1,1,1:2|@0|@1395716396|@7258118399|@7258118400|@-1|@1 CET|"
                "@1 10:00|@1.5|@|@18446744073709551616|2020-1-1T10:00|2020-1|"
                "Fri *-*-13 12:00|Fri *-12-25/7|Wed *-1-1/7 1:1|*-*-* 02:30|"
                "*-*-* 02:30:00 CET|*-*-* 02:30:00 CEST|12:00 CET|12:00 CEST|12:00 EST|"
                "12:00 EDT|0:0|23:59:59.999999|Mon..Fri *-*-* 09:00/30|"
                "*-1..12/3-1..28/9 0/6:0/30:0/15|2011-12-30|Fri 2011-12-30 12:00|"
                "1970-1-1 0:0:0|1970-1-1 0:0:0 UTC|12:00 Mon|1-1-1-1|1:1:1:1|UTC| UTC|"
                "CET";
        _cleanup_(strbuf_done) StrBuf longest = { 0 };
        _cleanup_free_ char *list = strdup(written);
        char *one;
        uint64_t bases[4] = { TIME_SPAN_DAY, TIMESTAMP_LAST };

        for (char *rest = list; (one = strsep(&rest, "|"));) {
                bases[2] = generate_base();
                bases[3] = generate_base();
                compare_calendar(one, bases, ARRAY_SIZE(bases));
        }
        for (unsigned n = 1; n < 245; n++) {
                strbuf_addf(&longest, "%s%u", n > 1 ? "," : "*:*:", n % 60);
                if (longest.error < 0)
                        abort();
                compare_calendar(longest.text, bases, 1);
        }
}

static void compare_calendars(unsigned rounds) {
        compare_written_calendars();
        for (unsigned round = 0; round < rounds; round++) {
                _cleanup_free_ char *s = generate_calendar();
                const uint64_t bases[] = { generate_base(), generate_base() };

                compare_calendar(s, bases, ARRAY_SIZE(bases));
        }
}

/* ---- time spans and timestamps ---- */

/* systemd refuses some spans of more than all whole units but one below infinity. */
static bool is_near_infinity(int r, uint64_t a, int q) {
        return r == 0 && q == -ERANGE && a > TIME_SPAN_INFINITY - 1000 * TIME_SPAN_YEAR;
}

static void compare_span(const char *s, uint64_t unit) {
        uint64_t a = 0, b = 0;
        int r = time_span_parse(s, unit, &a), q = parse_time(s, &b, unit);
        char text[TIME_SPAN_MAX], theirs[TIME_SPAN_MAX];

        compared++;
        refused += q < 0;
        if (((r < 0) != (q < 0) || a != b) && !is_near_infinity(r, a, q))
                differ_number(s, "span", r, a, q, b);
        for (uint64_t accuracy = 1; accuracy <= TIME_SPAN_MINUTE; accuracy *= 1000)
                if (!text_eq(time_span_format(a, accuracy, text),
                             format_timespan(theirs, sizeof(theirs), a, accuracy)))
                        differ(s, "text of the span", text, theirs);
        a = b = 0;
        r = time_span_parse_nsec(s, &a);
        q = parse_nsec(s, &b);
        if (((r < 0) != (q < 0) || a != b) && !is_near_infinity(r, a, q))
                differ_number(s, "span in ns", r, a, q, b);
}

static char *generate_span(void) {
        static const char *const numbers[] = { "1",
                                               "5",
                                               "30",
                                               "1.5",
                                               ".5",
                                               "0.0000001",
                                               "99999999",
                                               "+3",
                                               "-1",
                                               "3.",
                                               "18446744073709",
                                               "18446744073709551615",
                                               "007",
                                               "12.34.56",
                                               "" };
        static const char *const unit_names[] = {
                "",        "s",    "sec",   "second", "seconds", "m",         "min",       "minute",
                "minutes", "h",    "hr",    "hour",   "hours",   "d",         "day",       "days",
                "w",       "week", "weeks", "M",      "month",   "months",    "y",         "year",
                "years",   "ms",   "msec",  "us",     "usec",    "\xc2\xb5s", "\xce\xbcs", "ns",
                "nsec",    "x",    "S",     "MIN"
        };
        static const char *const spaces[] = { "", " ", "  ", "\t", "" };
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        unsigned n = 1 + below(3);
        char *s;

        for (unsigned i = 0; i < n; i++)
                strbuf_addf(&b, "%s%s%s%s", spaces[below(5)],
                            numbers[below(below(4) ? 5 : ARRAY_SIZE(numbers))], spaces[below(5)],
                            unit_names[below(below(8) ? 31 : ARRAY_SIZE(unit_names))]);
        if (below(30) == 0)
                strbuf_add(&b, "infinity");
        if (strbuf_take(&b, &s) < 0)
                abort();
        return s;
}

static void compare_spans(unsigned rounds) {
        static const char written[] =
                "infinity| infinity |infinity 1|infinitys|| |0|584542y|584543y|"
                "18446744073709s|18446744073708s|18446744073709551614us|"
                "9223372036854775807us|9223372036854775808us|"
                "9223372036854775807us 9223372036854775807us 1us";
        static const uint64_t default_units[] = { TIME_SPAN_SEC, TIME_SPAN_MSEC, TIME_SPAN_USEC };
        _cleanup_free_ char *list = strdup(written);
        char *one;

        for (char *rest = list; (one = strsep(&rest, "|"));)
                compare_span(one, TIME_SPAN_SEC);
        for (unsigned round = 0; round < rounds; round++) {
                _cleanup_free_ char *s = generate_span();

                compare_span(s, default_units[below(3)]);
        }
}

/* Only what does not depend on the moment of the call, and only days that exist: systemd takes the
 * 31st of February for the 2nd of March. */
static void compare_timestamps(void) {
        static const char written[] =
                "2024-05-31 14:30:15|2024-05-31 14:30|2024-05-31|24-5-31|24-5-31 4:3|"
                "69-1-1|2024-05-31 14:30:15.25|2024-05-31 14:30:15.1234567|"
                "2024-05-31 14:30:15.|fri 2024-05-31|Friday 2024-05-31 1:2|"
                "Sat 2024-05-31|2024-05-31 14:30 UTC|2024-05-31 UTC|"
                "2024-05-31 14:30 Europe/Berlin|2024-05-31 Asia/Tokyo|@86400|@1.5|@1h|"
                "@-1||2024-05-31T14:30|2024-13-01|2024-00-01|2024-01-32|"
                "2024-01-01 24:00|2024-01-01 0:60|9999-12-30 23:59:59 UTC|"
                "9999-12-31 00:00 UTC|1970-01-01 UTC|1960-01-01|infinity|"
                "2024-03-31 02:30|2024-10-27 02:30|2024-03-10 02:30|2024-11-03 01:30|"
                "2024-10-06 02:15";
        _cleanup_free_ char *list = strdup(written);
        char *one;

        for (char *rest = list; (one = strsep(&rest, "|"));) {
                uint64_t a = 0, b = 0;
                int r = timestamp_parse(one, timestamp_now(), &a), q = parse_timestamp(one, &b);

                compared++;
                refused += q < 0;
                if ((r < 0) != (q < 0) || a != b)
                        differ_number(one, "timestamp", r, a, q, b);
        }
}

static void load(void) {
        void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

        if (!library)
                skip("systemd 252's private library is not installed");
        for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
                *symbols[i].function = dlsym(library, symbols[i].name);
                if (!*symbols[i].function)
                        skip(symbols[i].name);
        }
        log_set_max_level(0);
}

int main(int argc, char *argv[]) {
        uint32_t rounds = ROUNDS;

        if (argc > 1 && number_parse_u32(argv[1], 10, &rounds) < 0)
                return 2;
        load();
        for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
                seed = (unsigned)i + 1;
                setenv("TZ", zones[i], 1);
                tzset();
                compare_calendars(rounds);
                compare_timestamps();
        }
        compare_spans(rounds * 5);
        printf("%u texts compared, %u of them refused, %u elapses missed by systemd, %u "
               "differences\n",
               compared, refused, missed, differences);
        return differences > 0;
}
