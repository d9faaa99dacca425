/*
 * svanalyze: looks at units and at the values in them, and changes nothing. A
 * verb is a row of the table here and a file of its own.
 */
#include "base/number.h"
#include "base/program.h"
#include "base/text.h"
#include "supervisor/tools/analyze/analyze.h"
#include "units/timestamp.h"

#define ITERATIONS_MAX 10000

enum {
        OPT_JSON = 1,
        OPT_ITERATIONS,
        OPT_BASE_TIME,
        OPT_ROOT,
};

/* clang-format off */
static const Option options[] = {
        OPTION_STANDARD_ROWS,
        { "json", 0, NULL, "print JSON", OPT_JSON },
        { "root", 0, "DIRECTORY", "cat-unit, verify: look at the system in DIRECTORY", OPT_ROOT },
        { "iterations", 0, "N", "calendar: show the next N elapses", OPT_ITERATIONS },
        { "base-time", 0, "TIME", "calendar: look from TIME on, not from now", OPT_BASE_TIME },
};

static const Verb verbs[] = {
        { "calendar", "EXPRESSION...", 1, VERB_ANY, "show when calendar events elapse", analyze_calendar },
        { "cat-unit", "NAME...", 1, VERB_ANY, "show the files that units are read from", analyze_cat_unit },
        { "timespan", "SPAN...", 1, VERB_ANY, "show what time spans mean", analyze_timespan },
        { "verify", "FILE|NAME...", 1, VERB_ANY, "say what is wrong in units", analyze_verify },
};
/* clang-format on */

static int take_iterations(const char *value, unsigned *ret, Diag *diag) {
        uint32_t n;

        if (number_parse_u32(value, 10, &n) < 0 || n < 1 || n > ITERATIONS_MAX)
                return diag_error(diag, -EINVAL, "\"%s\" is no count; use a number from 1 to %d",
                                  value, ITERATIONS_MAX);
        *ret = n;
        return 0;
}

static int take_base_time(const char *value, uint64_t *ret, Diag *diag) {
        if (timestamp_parse(value, timestamp_now(), ret) < 0)
                return diag_error(
                        diag, -EINVAL,
                        "\"%s\" is no point in time; write for example \"2024-05-31 14:30\", "
                        "\"tomorrow\", \"+2h\" or \"@1717165800\"",
                        value);
        return 0;
}

static int take_option(int id, const char *value, void *context, Diag *diag) {
        AnalyzeSettings *settings = context;

        switch (id) {
        case OPT_JSON:
                settings->json = true;
                return 0;
        case OPT_ROOT:
                settings->root = value;
                return 0;
        case OPT_ITERATIONS:
                return take_iterations(value, &settings->iterations, diag);
        case OPT_BASE_TIME:
                return take_base_time(value, &settings->base_time, diag);
        default:
                assert(false);
                return -EINVAL;
        }
}

static const Program program = {
        .name = "svanalyze",
        .usage = "[OPTION]... VERB [ARGUMENT]...",
        .summary = "Look at units and at the values in them",
        .manual = "svanalyze(1)",
        .options = { options, ARRAY_SIZE(options), take_option, false },
        .verbs = { verbs, ARRAY_SIZE(verbs) },
};

int main(int argc, char *argv[]) {
        AnalyzeSettings settings = { .iterations = 1, .base_time = timestamp_now() };

        return program_main(&program, argc, argv, &settings);
}
