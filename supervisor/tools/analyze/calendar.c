/*
 * "svanalyze calendar": the normalised form of calendar events and when they
 * elapse next.
 */
#include "units/calendar.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "supervisor/tools/analyze/analyze.h"
#include "units/timestamp.h"

/* Local time is not worth a second line where it is UTC. */
static bool local_is_utc(uint64_t usec) {
        char local[TIMESTAMP_MAX], utc[TIMESTAMP_MAX];

        return text_eq(timestamp_format(usec, false, local), timestamp_format(usec, true, utc));
}

static void print_elapse(unsigned number, uint64_t usec) {
        char text[TIMESTAMP_MAX];
        char label[32] = "Next elapse";

        if (number > 1)
                snprintf(label, sizeof(label), "Iter. #%u", number);
        printf("%15s: %s\n", label, timestamp_format(usec, false, text));
        if (!local_is_utc(usec))
                printf("%15s: %s\n", "(in UTC)", timestamp_format(usec, true, text));
        printf("%15s: %s\n", "From now", timestamp_format_relative(usec, timestamp_now(), text));
}

static void add_elapse(struct json_object *list, uint64_t usec) {
        struct json_object *o = json_object_new_object();
        char text[TIMESTAMP_MAX];

        json_object_object_add(o, "usec", json_object_new_uint64(usec));
        json_object_object_add(o, "local",
                               json_object_new_string(timestamp_format(usec, false, text)));
        json_object_object_add(o, "utc",
                               json_object_new_string(timestamp_format(usec, true, text)));
        json_object_array_add(list, o);
}

/* Prints the elapses, or adds them to LIST if that is given. */
static void show_elapses(const CalendarSpec *spec, const AnalyzeSettings *settings,
                         struct json_object *list) {
        uint64_t at = settings->base_time;

        for (unsigned n = 1; n <= settings->iterations; n++) {
                if (calendar_next(spec, at, &at) < 0) {
                        if (!list && n == 1)
                                printf("%15s: never\n", "Next elapse");
                        return;
                }
                if (list)
                        add_elapse(list, at);
                else
                        print_elapse(n, at);
        }
}

static int show(const char *original, const AnalyzeSettings *settings, bool first,
                struct json_object *list) {
        _cleanup_calendar_ CalendarSpec *spec = NULL;
        _cleanup_free_ char *normalised = NULL;
        struct json_object *o, *elapses;
        int r = calendar_parse(original, &spec);

        if (r == 0)
                r = calendar_format(spec, &normalised);
        if (r < 0)
                return r;
        if (!list) {
                printf("%s%15s: %s\n%15s: %s\n", first ? "" : "\n", "Original form", original,
                       "Normalized form", normalised);
                show_elapses(spec, settings, NULL);
                return 0;
        }
        o = json_object_new_object();
        elapses = json_object_new_array();
        json_object_object_add(o, "original", json_object_new_string(original));
        json_object_object_add(o, "normalized", json_object_new_string(normalised));
        show_elapses(spec, settings, elapses);
        json_object_object_add(o, "elapses", elapses);
        json_object_array_add(list, o);
        return 0;
}

static const char *explain(int error) {
        switch (error) {
        case -ENOMEM:
                return "does not fit into memory";
        case -ENOBUFS:
                return "has a list that is too long; write ranges or repetitions such as 0/5";
        case -ERANGE:
                return "has a number that is too large, or a repetition of zero";
        default:
                return "is no calendar event; write for example \"daily\", \"Mon..Fri 09:00\" or "
                       "\"*-*-01 04:00:00\"";
        }
}

int analyze_calendar(int argc, char *argv[], void *context) {
        const AnalyzeSettings *settings = context;
        struct json_object *list = settings->json ? json_object_new_array() : NULL;
        int status = EXIT_SUCCESS;
        bool first = true;

        for (int i = 1; i < argc; i++) {
                char excerpt[TEXT_EXCERPT_MAX];
                int r = show(argv[i], settings, first, list);

                if (r < 0) {
                        analyze_complain("\"%s\" %s", text_excerpt(argv[i], excerpt), explain(r));
                        status = EXIT_FAILURE;
                        continue;
                }
                first = false;
        }
        if (list)
                analyze_print_json(list);
        return status;
}
