/*
 * "svanalyze timespan": what a time span means, in microseconds and written as
 * the program itself would write it.
 */
#include "supervisor/tools/analyze/analyze.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "units/time-span.h"

static struct json_object *as_json(const char *original, uint64_t usec, const char *human) {
        struct json_object *o = json_object_new_object();

        json_object_object_add(o, "original", json_object_new_string(original));
        json_object_object_add(o, "usec", json_object_new_uint64(usec));
        json_object_object_add(o, "human", json_object_new_string(human));
        return o;
}

static void print_plain(bool first, const char *original, uint64_t usec, const char *human) {
        /* The width counts bytes, and the micro sign has two. */
        printf("%s%8s: %s\n%9s: %" PRIu64 "\n%8s: %s\n", first ? "" : "\n", "Original", original,
               "\xce\xbcs", usec, "Human", human);
}

static const char *explain(int error) {
        return error == -ERANGE ? "is negative or too large for a time span; the longest are about "
                                  "580000 years"
                                : "is no time span; write for example \"5min 20s\", \"1.5h\", "
                                  "\"90\" (seconds) or \"infinity\"";
}

int analyze_timespan(int argc, char *argv[], void *context) {
        const AnalyzeSettings *settings = context;
        struct json_object *list = settings->json ? json_object_new_array() : NULL;
        int status = EXIT_SUCCESS;
        bool first = true;

        for (int i = 1; i < argc; i++) {
                char human[TIME_SPAN_MAX], excerpt[TEXT_EXCERPT_MAX];
                uint64_t usec;
                int r = time_span_parse(argv[i], TIME_SPAN_SEC, &usec);

                if (r < 0) {
                        analyze_complain("\"%s\" %s", text_excerpt(argv[i], excerpt), explain(r));
                        status = EXIT_FAILURE;
                        continue;
                }
                time_span_format(usec, TIME_SPAN_USEC, human);
                if (settings->json)
                        json_object_array_add(list, as_json(argv[i], usec, human));
                else
                        print_plain(first, argv[i], usec, human);
                first = false;
        }
        if (list)
                analyze_print_json(list);
        return status;
}
