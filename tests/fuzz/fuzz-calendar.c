/*
 * Any text is a calendar event, or is refused. One that is read has a normal form that reads back
 * as itself, and elapses after the time that was asked about, in good time. The same text is tried
 * as a time span and as a timestamp. The first byte chooses the local zone and the time.
 */
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "units/calendar.h"
#include "units/time-span.h"
#include "units/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libc reads a zone's file at each change: the entries stay, only the pointer is exchanged. */
static char *const zones[] = { (char[]){ "TZ=UTC" }, (char[]){ "TZ=Europe/Berlin" },
                               (char[]){ "TZ=America/Sao_Paulo" },
                               (char[]){ "TZ=Australia/Lord_Howe" } };

static void require(bool holds) {
        if (!holds)
                abort();
}

static void check_elapses(const CalendarSpec *spec, uint64_t after) {
        for (int i = 0; i < 3; i++) {
                uint64_t next = after;
                int r = calendar_next(spec, after, &next);

                require(r == 0 || r == -ENOENT || (r == -EINVAL && after > TIMESTAMP_LAST));
                require(r == 0 ? next > after : next == after);
                if (r < 0)
                        return;
                after = next;
        }
}

static void check_calendar(const char *s, uint64_t after) {
        _cleanup_calendar_ CalendarSpec *spec = NULL, *again = NULL;
        _cleanup_free_ char *form = NULL, *form_again = NULL;

        if (calendar_parse(s, &spec) < 0)
                return;
        require(calendar_format(spec, &form) == 0);
        require(calendar_parse(form, &again) == 0);
        require(calendar_format(again, &form_again) == 0);
        require(text_eq(form, form_again));
        check_elapses(spec, after);
}

static void check_span(const char *s) {
        char text[TIME_SPAN_MAX], text_again[TIME_SPAN_MAX];
        uint64_t span, again;

        if (time_span_parse(s, TIME_SPAN_SEC, &span) < 0)
                return;
        time_span_format(span, 1, text);
        require(time_span_parse(text, TIME_SPAN_SEC, &again) == 0);
        require(span == again);
        if (time_span_parse_nsec(s, &span) == 0) {
                time_span_format_nsec(span, text);
                require(time_span_parse_nsec(text, &again) == 0);
                require(text_eq(text, time_span_format_nsec(again, text_again)));
        }
}

static void check_timestamp(const char *s, uint64_t now) {
        char text[TIMESTAMP_MAX];
        uint64_t usec, again;

        if (timestamp_parse(s, now, &usec) < 0)
                return;
        require(usec <= TIMESTAMP_LAST);
        timestamp_format(usec, true, text);
        require(timestamp_parse(text, now, &again) == 0);
        require(again == usec - usec % TIME_SPAN_SEC);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        _cleanup_free_ char *text = NULL;
        uint64_t after;

        if (size < 1)
                return 0;
        text = strndup((const char *)data + 1, size - 1);
        if (!text)
                return 0;
        putenv(zones[data[0] % ARRAY_SIZE(zones)]);
        tzset();
        after = (data[0] / 4) * UINT64_C(113) * TIME_SPAN_DAY * 1001 / 1000;
        check_calendar(text, after);
        check_span(text);
        check_timestamp(text, after);
        return 0;
}
