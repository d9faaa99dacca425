/*
 * svctl: looks at what the supervisor does, and tells it what to do. A verb is a row of the table
 * here and a file of its own.
 */
#include <string.h>

#include "base/number.h"
#include "base/path.h"
#include "base/program.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/ctl.h"
#include "units/timestamp.h"

enum {
        OPT_JSON = 1,
        OPT_NO_PAGER,
        OPT_ROOT,
        OPT_UNIT,
        OPT_FOLLOW,
        OPT_LINES,
        OPT_BOOT,
        OPT_BOOT_ID,
        OPT_KERNEL,
        OPT_PRIORITY,
        OPT_SINCE,
        OPT_UNTIL,
};

/* clang-format off */
static const Option options[] = {
        OPTION_STANDARD_ROWS,
        { "json", 0, NULL, "print JSON", OPT_JSON },
        { "no-pager", 0, NULL, "print directly, also on a terminal", OPT_NO_PAGER },
        { "root", 0, "DIRECTORY", "look at the system in DIRECTORY", OPT_ROOT },
        { "unit", 'u', "UNIT", "logs: of this unit; may be repeated", OPT_UNIT },
        { "follow", 'f', NULL, "logs: go on with what is added", OPT_FOLLOW },
        { "lines", 'n', "N", "logs: the last N", OPT_LINES },
        { "boot", 'b', NULL, "logs: since this boot", OPT_BOOT },
        { "boot-id", 0, "ID", "logs: of the boot with this id", OPT_BOOT_ID },
        { "dmesg", 'k', NULL, "logs: of the kernel", OPT_KERNEL },
        { "priority", 'p', "PRIORITY", "logs: so urgent or more", OPT_PRIORITY },
        { "since", 'S', "TIME", "logs: from TIME on", OPT_SINCE },
        { "until", 'U', "TIME", "logs: up to TIME", OPT_UNTIL },
};

static const Verb verbs[] = {
        { "logs", "[UNIT...]", 0, VERB_ANY, "show what units wrote", ctl_logs },
};
/* clang-format on */

static const char *const priorities[] = { "emerg",   "alert",  "crit", "err",
                                          "warning", "notice", "info", "debug" };

static int take_priority(const char *value, int *ret, Diag *diag) {
        for (int i = 0; i < (int)ARRAY_SIZE(priorities); i++)
                if (text_eq(value, priorities[i]) || (value[0] == '0' + i && value[1] == '\0')) {
                        *ret = i;
                        return 0;
                }
        return diag_error(diag, -EINVAL,
                          "\"%s\" is no priority; use emerg, alert, crit, err, warning, notice, "
                          "info, debug, or 0 to 7",
                          value);
}

static int take_time(const char *value, uint64_t *ret, Diag *diag) {
        if (timestamp_parse(value, timestamp_now(), ret) < 0)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is no point in time; write for example \"2024-05-31 "
                                  "14:30\", \"yesterday\" or \"-2h\"",
                                  value);
        return 0;
}

static int take_lines(const char *value, CtlSettings *settings, Diag *diag) {
        if (number_parse_u32(value, 10, &settings->lines) < 0)
                return diag_error(diag, -EINVAL, "\"%s\" is no count", value);
        settings->has_lines = true;
        return 0;
}

static int take_root(const char *value, const char **ret, Diag *diag) {
        if (!path_is_absolute(value))
                return diag_error(diag, -EINVAL, "\"%s\" does not begin with \"/\"", value);
        *ret = text_eq(value, "/") ? "" : value;
        return 0;
}

static int take_option(int id, const char *value, void *context, Diag *diag) {
        CtlSettings *settings = context;

        switch (id) {
        case OPT_JSON:
                settings->json = true;
                return 0;
        case OPT_NO_PAGER:
                settings->no_pager = true;
                return 0;
        case OPT_ROOT:
                return take_root(value, &settings->root, diag);
        case OPT_UNIT:
                return strv_add(&settings->units, value);
        case OPT_FOLLOW:
                settings->follow = true;
                return 0;
        case OPT_LINES:
                return take_lines(value, settings, diag);
        case OPT_BOOT:
                settings->boot = true;
                return 0;
        case OPT_BOOT_ID:
                settings->boot_id = value;
                return 0;
        case OPT_KERNEL:
                settings->kernel = true;
                return 0;
        case OPT_PRIORITY:
                return take_priority(value, &settings->priority, diag);
        case OPT_SINCE:
                return take_time(value, &settings->since, diag);
        case OPT_UNTIL:
                return take_time(value, &settings->until, diag);
        default:
                assert(false);
                return -EINVAL;
        }
}

static const Program program = {
        .name = "svctl",
        .usage = "[OPTION]... VERB [ARGUMENT]...",
        .summary = "Look at services and control them",
        .manual = "svctl(1)",
        .options = { options, ARRAY_SIZE(options), take_option, false },
        .verbs = { verbs, ARRAY_SIZE(verbs) },
};

int main(int argc, char *argv[]) {
        CtlSettings settings = { .root = "", .priority = 7, .until = UINT64_MAX };
        int status = program_main(&program, argc, argv, &settings);

        strv_free(settings.units);
        return status;
}
