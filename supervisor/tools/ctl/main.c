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
#include "supervisor/tools/ctl/client.h"
#include "supervisor/tools/ctl/ctl.h"
#include "units/install/install.h"
#include "units/signal-name.h"
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
        OPT_ALL,
        OPT_NO_BLOCK,
        OPT_FORCE,
        OPT_PROPERTY,
        OPT_WHOM,
        OPT_SIGNAL,
        OPT_RUNTIME,
        OPT_NOW,
        OPT_NO_RELOAD,
        OPT_PRESET_MODE,
        OPT_STATE,
        OPT_REVERSE,
        OPT_BEFORE,
        OPT_AFTER,
};

/* clang-format off */
static const Option options[] = {
        OPTION_STANDARD_ROWS,
        { "json", 0, NULL, "print JSON", OPT_JSON },
        { "no-pager", 0, NULL, NULL, OPT_NO_PAGER },
        { "root", 0, "DIRECTORY", "look at the system in DIRECTORY", OPT_ROOT },
        { "all", 'a', NULL, "list-units: all; list-dependencies: open all", OPT_ALL },
        { "no-block", 0, NULL, NULL, OPT_NO_BLOCK },
        { "force", 0, NULL, "reboot ...: at once; enable ...: replace links", OPT_FORCE },
        { "runtime", 0, NULL, "enable ..., edit: until the next boot", OPT_RUNTIME },
        { "now", 0, NULL, "enable ...: start or stop the units, too", OPT_NOW },
        { "no-reload", 0, NULL, NULL, OPT_NO_RELOAD },
        { "preset-mode", 0, "MODE", NULL, OPT_PRESET_MODE },
        { "state", 0, "STATE", NULL, OPT_STATE },
        { "reverse", 0, NULL, NULL, OPT_REVERSE },
        { "before", 0, NULL, NULL, OPT_BEFORE },
        { "after", 0, NULL, NULL, OPT_AFTER },
        { "property", 'P', "NAME", NULL, OPT_PROPERTY },
        { "kill-whom", 0, "WHOM", NULL, OPT_WHOM },
        { "signal", 's', "SIGNAL", NULL, OPT_SIGNAL },
        { "unit", 'u', "UNIT", "logs: of this unit; may be repeated", OPT_UNIT },
        { "follow", 'f', NULL, "logs: go on with what is added", OPT_FOLLOW },
        { "lines", 'n', "N", "logs: the last N", OPT_LINES },
        { "boot", 'b', NULL, "logs: since this boot", OPT_BOOT },
        { "boot-id", 0, "ID", NULL, OPT_BOOT_ID },
        { "dmesg", 'k', NULL, NULL, OPT_KERNEL },
        { "priority", 'p', "PRIORITY", "logs: so urgent or more", OPT_PRIORITY },
        { "since", 'S', "TIME", "logs: from TIME on", OPT_SINCE },
        { "until", 'U', "TIME", NULL, OPT_UNTIL },
};

static const Verb verbs[] = {
        { "list-units", "[PATTERN...]", 0, VERB_ANY, "list units that are up or failed", ctl_list_units },
        { "status", "[UNIT...]", 0, VERB_ANY, "show what units do, or the tree of all", ctl_status },
        { "why", "UNIT", 1, 1, "show why a unit is in its state", ctl_why },
        { "show", "[UNIT...]", 0, VERB_ANY, "show all properties of units, or of the manager", ctl_show },
        { "cat", "UNIT...", 1, VERB_ANY, "show the files of units", ctl_cat },
        { "start", "UNIT...", 1, VERB_ANY, "start units", ctl_job },
        { "stop", "UNIT...", 1, VERB_ANY, "stop units", ctl_job },
        { "restart", "UNIT...", 1, VERB_ANY, "stop units and start them again", ctl_job },
        { "reload", "UNIT...", 1, VERB_ANY, "make units read their configuration again", ctl_job },
        { "try-restart", "UNIT...", 1, VERB_ANY, NULL, ctl_job },
        { "reload-or-restart", "UNIT...", 1, VERB_ANY, NULL, ctl_job },
        { "isolate", "UNIT", 1, 1, NULL, ctl_job },
        { "kill", "UNIT...", 1, VERB_ANY, "send a signal to processes of units", ctl_kill },
        { "is-active", "UNIT...", 1, VERB_ANY, "say whether a unit is active", ctl_is_active },
        { "is-failed", "UNIT...", 1, VERB_ANY, NULL, ctl_is_failed },
        { "is-enabled", "UNIT...", 1, VERB_ANY, NULL, ctl_is_enabled },
        { "reset-failed", "[UNIT...]", 0, VERB_ANY, NULL, ctl_reset_failed },
        { "list-dependencies", "[UNIT]", 0, 1, "show what a unit pulls in", ctl_list_dependencies },
        { "list-jobs", NULL, 0, 0, NULL, ctl_list_jobs },
        { "cancel", "[JOB...]", 0, VERB_ANY, NULL, ctl_cancel },
        { "enable", "UNIT...", 1, VERB_ANY, "let units start at boot, as their files say", ctl_unit_files },
        { "disable", "UNIT...", 1, VERB_ANY, "do not start units at boot", ctl_unit_files },
        { "reenable", "UNIT...", 1, VERB_ANY, NULL, ctl_unit_files },
        { "mask", "UNIT...", 1, VERB_ANY, "let nothing start units", ctl_unit_files },
        { "unmask", "UNIT...", 1, VERB_ANY, NULL, ctl_unit_files },
        { "preset", "UNIT...", 1, VERB_ANY, NULL, ctl_unit_files },
        { "preset-all", NULL, 0, 0, NULL, ctl_unit_files },
        { "link", "FILE...", 1, VERB_ANY, NULL, ctl_unit_files },
        { "revert", "UNIT...", 1, VERB_ANY, NULL, ctl_unit_files },
        { "add-wants", "TARGET UNIT...", 2, VERB_ANY, NULL, ctl_unit_files },
        { "add-requires", "TARGET UNIT...", 2, VERB_ANY, NULL, ctl_unit_files },
        { "get-default", NULL, 0, 0, NULL, ctl_get_default },
        { "set-default", "TARGET", 1, 1, NULL, ctl_unit_files },
        { "list-unit-files", "[PATTERN...]", 0, VERB_ANY, "list unit files and whether they are enabled", ctl_list_unit_files },
        { "edit", "UNIT...", 1, VERB_ANY, "change the drop-in of units in $EDITOR", ctl_edit },
        { "set-property", "UNIT NAME=VALUE...", 2, VERB_ANY, "change settings of a unit", ctl_set_property },
        { "show-environment", NULL, 0, 0, NULL, ctl_show_environment },
        { "set-environment", "NAME=VALUE...", 1, VERB_ANY, NULL, ctl_environment },
        { "unset-environment", "NAME...", 1, VERB_ANY, NULL, ctl_environment },
        { "import-environment", "[NAME...]", 0, VERB_ANY, NULL, ctl_environment },
        { "daemon-reload", NULL, 0, 0, "read all unit files again", ctl_daemon_reload },
        { "daemon-reexec", NULL, 0, 0, NULL, ctl_daemon_reexec },
        { "poweroff", NULL, 0, 0, NULL, ctl_end },
        { "reboot", NULL, 0, 0, "stop everything and start anew", ctl_end },
        { "halt", NULL, 0, 0, NULL, ctl_end },
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
        if (**ret)
                client_forbid();
        return 0;
}

static int take_signal(const char *value, int *ret, Diag *diag) {
        int number = signal_name_parse(value, diag);

        if (number < 0)
                return number;
        *ret = number;
        return 0;
}

static int take_preset_mode(const char *value, int *ret, Diag *diag) {
        static const char *const modes[] = { [INSTALL_PRESET_FULL] = "full",
                                             [INSTALL_PRESET_ENABLE] = "enable-only",
                                             [INSTALL_PRESET_DISABLE] = "disable-only" };
        int r = option_take_choice(value, modes, ARRAY_SIZE(modes), diag);

        if (r < 0)
                return r;
        *ret = r;
        return 0;
}

static int take_whom(const char *value, const char **ret, Diag *diag) {
        static const char *const whoms[] = { "all", "main", "control" };
        int r = option_take_choice(value, whoms, ARRAY_SIZE(whoms), diag);

        if (r < 0)
                return r;
        *ret = whoms[r];
        return 0;
}

static bool take_switch(int id, CtlSettings *s) {
        const struct {
                int id;
                bool *to;
        } rows[] = {
                { OPT_JSON, &s->json },           { OPT_NO_PAGER, &s->no_pager },
                { OPT_FOLLOW, &s->follow },       { OPT_BOOT, &s->boot },
                { OPT_KERNEL, &s->kernel },       { OPT_ALL, &s->all },
                { OPT_NO_BLOCK, &s->no_block },   { OPT_FORCE, &s->force },
                { OPT_RUNTIME, &s->runtime },     { OPT_NOW, &s->now },
                { OPT_NO_RELOAD, &s->no_reload }, { OPT_REVERSE, &s->reverse },
                { OPT_BEFORE, &s->before },       { OPT_AFTER, &s->after },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                if (rows[i].id == id)
                        return *rows[i].to = true;
        return false;
}

static int take_option(int id, const char *value, void *context, Diag *diag) {
        CtlSettings *settings = context;

        if (take_switch(id, settings))
                return 0;
        switch (id) {
        case OPT_ROOT:
                return take_root(value, &settings->root, diag);
        case OPT_UNIT:
                return strv_add(&settings->units, value);
        case OPT_LINES:
                return take_lines(value, settings, diag);
        case OPT_BOOT_ID:
                settings->boot_id = value;
                return 0;
        case OPT_PRIORITY:
                return take_priority(value, &settings->priority, diag);
        case OPT_SINCE:
                return take_time(value, &settings->since, diag);
        case OPT_UNTIL:
                return take_time(value, &settings->until, diag);
        case OPT_PROPERTY:
                return strv_add(&settings->properties, value);
        case OPT_WHOM:
                return take_whom(value, &settings->whom, diag);
        case OPT_PRESET_MODE:
                return take_preset_mode(value, &settings->preset, diag);
        case OPT_STATE:
                return strv_add(&settings->states, value);
        case OPT_SIGNAL:
                return take_signal(value, &settings->signal, diag);
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
        strv_free(settings.properties);
        strv_free(settings.states);
        return status;
}
