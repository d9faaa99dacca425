/*
 * What follows an option is looked at here, so that a verb finds only what makes sense; what does
 * not go with a verb never gets to it. An option of systemctl(1) that asks for what there is not
 * here is refused with the reason, and one that asks for what is so anyway is taken.
 */
#include "supervisor/tools/ctl/option-table.h"

#include <string.h>

#include "base/number.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/enums.h"
#include "units/install/install.h"
#include "units/signal-name.h"
#include "units/timestamp.h"
#include "units/type.h"
#include "units/unit-name.h"

enum {
        OPT_JSON = 1,
        OPT_NO_PAGER,
        OPT_QUIET,
        OPT_SYSTEM,
        OPT_ROOT,
        OPT_ALL,
        OPT_FULL,
        OPT_TYPE,
        OPT_STATE,
        OPT_FAILED,
        OPT_LEGEND,
        OPT_NO_LEGEND,
        OPT_PLAIN,
        OPT_PROPERTY,
        OPT_VALUE_OF,
        OPT_VALUE,
        OPT_TIMESTAMP,
        OPT_REVERSE,
        OPT_BEFORE,
        OPT_AFTER,
        OPT_NO_BLOCK,
        OPT_WAIT,
        OPT_JOB_MODE,
        OPT_FAIL,
        OPT_WHOM,
        OPT_SIGNAL,
        OPT_FORCE,
        OPT_NO_WALL,
        OPT_RUNTIME,
        OPT_NOW,
        OPT_NO_RELOAD,
        OPT_PRESET_MODE,
        OPT_UNIT,
        OPT_FOLLOW,
        OPT_LINES,
        OPT_OUTPUT,
        OPT_BOOT,
        OPT_BOOT_ID,
        OPT_KERNEL,
        OPT_PRIORITY,
        OPT_SINCE,
        OPT_UNTIL,
        OPT_REFUSED,
};

/* clang-format off */
static const Option rows[] = {
        OPTION_STANDARD_ROWS,
        { "json", 0, NULL, "print JSON", OPT_JSON },
        { "no-pager", 0, NULL, NULL, OPT_NO_PAGER },
        { "quiet", 'q', NULL, "print no results, only what goes wrong", OPT_QUIET },
        { "root", 0, "DIRECTORY", "look at the system in DIRECTORY", OPT_ROOT },
        { "all", 'a', NULL, "list-units: all; list-dependencies: open all", OPT_ALL },
        { "full", 'l', NULL, NULL, OPT_FULL },
        { "type", 't', "TYPE", "list units of these types", OPT_TYPE },
        { "state", 0, "STATE", "list units in these states", OPT_STATE },
        { "failed", 0, NULL, "list units that failed", OPT_FAILED },
        { "legend", 0, "BOOL", NULL, OPT_LEGEND },
        { "no-legend", 0, NULL, NULL, OPT_NO_LEGEND },
        { "plain", 0, NULL, NULL, OPT_PLAIN },
        { "property", 'p', "NAME", "show: these properties", OPT_PROPERTY },
        { "value-of", 'P', "NAME", "show: values of these properties", OPT_VALUE_OF },
        { "value", 0, NULL, NULL, OPT_VALUE },
        { "timestamp", 0, "STYLE", NULL, OPT_TIMESTAMP },
        { "reverse", 0, NULL, NULL, OPT_REVERSE },
        { "before", 0, NULL, NULL, OPT_BEFORE },
        { "after", 0, NULL, NULL, OPT_AFTER },
        { "no-block", 0, NULL, "do not wait for the jobs", OPT_NO_BLOCK },
        { "wait", 0, NULL, NULL, OPT_WAIT },
        { "job-mode", 0, "MODE", NULL, OPT_JOB_MODE },
        { "fail", 0, NULL, NULL, OPT_FAIL },
        { "kill-whom", 0, "WHOM", NULL, OPT_WHOM },
        { "kill-who", 0, "WHOM", NULL, OPT_WHOM },
        { "signal", 's', "SIGNAL", "kill: send SIGNAL", OPT_SIGNAL },
        { "force", 'f', NULL, "reboot ...: at once; enable ...: replace links", OPT_FORCE },
        { "no-wall", 0, NULL, NULL, OPT_NO_WALL },
        { "runtime", 0, NULL, "enable ..., edit: until the next boot", OPT_RUNTIME },
        { "now", 0, NULL, "enable ...: start or stop the units, too", OPT_NOW },
        { "no-reload", 0, NULL, NULL, OPT_NO_RELOAD },
        { "preset-mode", 0, "MODE", NULL, OPT_PRESET_MODE },
        { "unit", 'u', "UNIT", "logs: of this unit; may be repeated", OPT_UNIT },
        { "follow", 'f', NULL, "logs: go on with what is added", OPT_FOLLOW },
        { "lines", 'n', "N", "logs, status: the last N", OPT_LINES },
        { "output", 'o', "FORM", NULL, OPT_OUTPUT },
        { "boot", 'b', NULL, "logs: since this boot", OPT_BOOT },
        { "boot-id", 0, "ID", NULL, OPT_BOOT_ID },
        { "dmesg", 'k', NULL, NULL, OPT_KERNEL },
        { "priority", 'p', "PRIORITY", "logs: so urgent or more", OPT_PRIORITY },
        { "since", 'S', "TIME", "logs: from TIME on", OPT_SINCE },
        { "until", 'U', "TIME", NULL, OPT_UNTIL },
        { "system", 0, NULL, NULL, OPT_SYSTEM },
        { "no-ask-password", 0, NULL, NULL, OPT_SYSTEM },
        { "user", 0, NULL, NULL, OPT_REFUSED },
        { "global", 0, NULL, NULL, OPT_REFUSED },
        { "host", 'H', "HOST", NULL, OPT_REFUSED },
        { "machine", 'M', "CONTAINER", NULL, OPT_REFUSED },
        { "recursive", 'r', NULL, NULL, OPT_REFUSED },
        { "image", 0, "IMAGE", NULL, OPT_REFUSED },
};

#define LISTS  "list-units list-unit-files"
#define LINKS  "enable disable reenable mask unmask preset preset-all link revert add-wants add-requires set-default"
#define FILES  LINKS " edit"
#define UNITS  "start stop restart reload try-restart reload-or-restart try-reload-or-restart"
#define MODES  "isolate default rescue emergency"
#define ENDS   "poweroff reboot halt kexec exit"
#define WORDS  "is-active is-failed is-enabled is-system-running"

/* What is not here goes with all verbs. */
const OptionVerbs option_table_verbs[] = {
        { OPT_JSON, LISTS " list-jobs list-dependencies status why show cat get-default show-environment logs " WORDS " " FILES },
        { OPT_ROOT, LINKS " edit cat is-enabled get-default list-unit-files logs" },
        { OPT_ALL, "list-units list-dependencies show status cat kill reset-failed is-active is-failed " UNITS },
        { OPT_FULL, LISTS " list-jobs list-dependencies status" },
        { OPT_TYPE, LISTS " status show" },
        { OPT_STATE, LISTS " status show" },
        { OPT_FAILED, "list-units status show" },
        { OPT_LEGEND, LISTS " list-jobs" },
        { OPT_NO_LEGEND, LISTS " list-jobs" },
        { OPT_PLAIN, LISTS " list-dependencies" },
        { OPT_PROPERTY, "show" },
        { OPT_VALUE_OF, "show" },
        { OPT_VALUE, "show" },
        { OPT_TIMESTAMP, "show" },
        { OPT_REVERSE, "list-dependencies" },
        { OPT_BEFORE, "list-dependencies" },
        { OPT_AFTER, "list-dependencies" },
        { OPT_NO_BLOCK, UNITS " " MODES " " ENDS " " LINKS },
        { OPT_WAIT, "start restart is-system-running" },
        { OPT_JOB_MODE, UNITS },
        { OPT_FAIL, UNITS " kill" },
        { OPT_WHOM, "kill" },
        { OPT_SIGNAL, "kill" },
        { OPT_FORCE, ENDS " " LINKS },
        { OPT_NO_WALL, ENDS },
        { OPT_RUNTIME, FILES " set-property" },
        { OPT_NOW, "enable disable reenable mask" },
        { OPT_NO_RELOAD, FILES },
        { OPT_PRESET_MODE, "preset preset-all" },
        { OPT_UNIT, "logs" },
        { OPT_FOLLOW, "logs" },
        { OPT_LINES, "logs status" },
        { OPT_OUTPUT, "logs status" },
        { OPT_BOOT, "logs" },
        { OPT_BOOT_ID, "logs" },
        { OPT_KERNEL, "logs" },
        { OPT_PRIORITY, "logs" },
        { OPT_SINCE, "logs" },
        { OPT_UNTIL, "logs" },
};
/* clang-format on */

const size_t option_table_n_verbs = ARRAY_SIZE(option_table_verbs);

/* ---- values ---- */

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
        if (text_eq(value, "all"))
                settings->lines = UINT32_MAX;
        else if (number_parse_u32(value, 10, &settings->lines) < 0)
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

static int take_signal(const char *value, int *ret, Diag *diag) {
        int number = signal_name_parse(value, diag);

        if (number < 0)
                return number;
        *ret = number;
        return 0;
}

static const char *const
        preset_modes[] = { [INSTALL_PRESET_FULL] = "full",
                           [INSTALL_PRESET_ENABLE] = "enable-only",
                           [INSTALL_PRESET_DISABLE] = "disable-only" },
        *const whoms[] = { "all", "main", "control" },
        *const outputs[] = { [CTL_OUTPUT_SHORT] = "short",
                             [CTL_OUTPUT_CAT] = "cat",
                             [CTL_OUTPUT_JSON] = "json" },
        *const styles[] = {
                [CTL_TIME_PRETTY] = "pretty", [CTL_TIME_UNIX] = "unix", [CTL_TIME_UTC] = "utc"
        };

typedef struct Choice {
        const char *const *names;
        size_t n;
} Choice;
#define CHOICE(names)              \
        (&(Choice){                \
                names,             \
                ARRAY_SIZE(names), \
        })

static int take_choice(const char *value, const Choice *c, int *ret, Diag *diag) {
        int r = option_take_choice(value, c->names, c->n, diag);

        if (r < 0)
                return r;
        *ret = r;
        return 0;
}

static int take_mode(const char *value, const char **ret, Diag *diag) {
        int r = option_take_choice(value, enums_job_mode.names, enums_job_mode.n, diag);

        if (r < 0)
                return r;
        *ret = enums_job_mode.names[r];
        return 0;
}

static int take_legend(const char *value, bool *ret, Diag *diag) {
        int legend = type_parse_boolean(value);

        if (legend < 0)
                return diag_error(diag, -EINVAL, "\"%s\" is neither yes nor no", value);
        *ret = legend == 0;
        return 0;
}

/* Words with commas between, each after CHECK, which may be NULL. */
static int take_list(const char *value, int (*check)(const char *word, Diag *diag), char ***to,
                     Diag *diag) {
        for (const char *at = value; at;) {
                size_t n = strcspn(at, ",");
                char *word = strndup(at, n);
                int r = word ? 0 : -ENOMEM;

                at = at[n] ? at + n + 1 : NULL;
                if (n == 0 || r < 0) {
                        free(word);
                        if (r < 0)
                                return r;
                        continue;
                }
                r = check ? check(word, diag) : 0;
                if (r < 0)
                        free(word);
                else
                        r = strv_push(to, word);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int check_type(const char *word, Diag *diag) {
        if (unit_name_type_from_text(word) >= 0)
                return 0;
        return diag_error(diag, -EINVAL,
                          "\"%s\" is no type of unit; use for example service, target or mount",
                          word);
}

static int refuse(const char *option, Diag *diag) {
        static const struct {
                const char *option, *reason;
        } reasons[] = {
                { "--user", "there are no managers of users, only that of the system" },
                { "--global", "there are no managers of users, only that of the system" },
                { "--host", "other machines are not reached from here; use ssh(1)" },
                { "--machine", "containers are not reached from here; enter them first" },
                { "--recursive", "containers are not reached from here; enter them first" },
                { "--image", "images are not opened; mount it and use --root=" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
                if (text_eq(reasons[i].option, option))
                        return diag_error(diag, -EOPNOTSUPP, "not supported: %s",
                                          reasons[i].reason);
        return diag_error(diag, -EOPNOTSUPP, "not supported");
}

/* ---- from the command line to the settings ---- */

static bool take_switch(int id, CtlSettings *s) {
        const struct {
                int id;
                bool *to;
        } switches[] = {
                { OPT_JSON, &s->json },
                { OPT_NO_PAGER, &s->no_pager },
                { OPT_FOLLOW, &s->follow },
                { OPT_BOOT, &s->boot },
                { OPT_KERNEL, &s->kernel },
                { OPT_ALL, &s->all },
                { OPT_NO_BLOCK, &s->no_block },
                { OPT_FORCE, &s->force },
                { OPT_RUNTIME, &s->runtime },
                { OPT_NOW, &s->now },
                { OPT_NO_RELOAD, &s->no_reload },
                { OPT_REVERSE, &s->reverse },
                { OPT_BEFORE, &s->before },
                { OPT_AFTER, &s->after },
                { OPT_QUIET, &s->quiet },
                { OPT_FULL, &s->full },
                { OPT_NO_LEGEND, &s->no_legend },
                { OPT_PLAIN, &s->plain },
                { OPT_VALUE, &s->value },
                { OPT_WAIT, &s->wait },
                { OPT_FAIL, &s->fail },
                { OPT_SYSTEM, &(bool){ false } },
                { OPT_NO_WALL, &(bool){ false } },
        };

        for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
                if (switches[i].id == id)
                        return *switches[i].to = true;
        return false;
}

/* What "logs" alone has. */
static int take_for_logs(int id, const char *value, CtlSettings *s, Diag *diag) {
        switch (id) {
        case OPT_UNIT:
                return strv_add(&s->units, value);
        case OPT_LINES:
                return take_lines(value, s, diag);
        case OPT_BOOT_ID:
                s->boot_id = value;
                return 0;
        case OPT_OUTPUT:
                return take_choice(value, CHOICE(outputs), &s->output, diag);
        case OPT_PRIORITY:
                return take_priority(value, &s->priority, diag);
        case OPT_SINCE:
                return take_time(value, &s->since, diag);
        case OPT_UNTIL:
                return take_time(value, &s->until, diag);
        default:
                assert(false);
                return -EINVAL;
        }
}

static int take(int id, const char *value, void *context, Diag *diag) {
        CtlSettings *s = context;
        int r = 0;

        if (take_switch(id, s))
                return 0;
        switch (id) {
        case OPT_ROOT:
                return take_root(value, &s->root, diag);
        case OPT_VALUE_OF:
                s->value = true;
                return take_list(value, NULL, &s->properties, diag);
        case OPT_PROPERTY:
                return take_list(value, NULL, &s->properties, diag);
        case OPT_TYPE:
                return take_list(value, check_type, &s->types, diag);
        case OPT_STATE:
                return take_list(value, NULL, &s->states, diag);
        case OPT_FAILED:
                return strv_add(&s->states, "failed");
        case OPT_LEGEND:
                return take_legend(value, &s->no_legend, diag);
        case OPT_TIMESTAMP:
                return take_choice(value, CHOICE(styles), &s->time_style, diag);
        case OPT_JOB_MODE:
                return take_mode(value, &s->job_mode, diag);
        case OPT_WHOM:
                r = option_take_choice(value, whoms, ARRAY_SIZE(whoms), diag);
                s->whom = r < 0 ? s->whom : whoms[r];
                return MIN_OF(r, 0);
        case OPT_PRESET_MODE:
                return take_choice(value, CHOICE(preset_modes), &s->preset, diag);
        case OPT_SIGNAL:
                return take_signal(value, &s->signal, diag);
        case OPT_REFUSED:
                return refuse(diag->directive, diag);
        default:
                return take_for_logs(id, value, s, diag);
        }
}

const OptionTable option_table = { rows, ARRAY_SIZE(rows), take, false };

void option_table_forget(CtlSettings *s) {
        strv_free(s->units);
        strv_free(s->properties);
        strv_free(s->states);
        strv_free(s->types);
}
