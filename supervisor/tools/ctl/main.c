/*
 * svctl: looks at what the supervisor does, and tells it what to do. A verb is a row of the table
 * here and a file of its own.
 */
#include "supervisor/tools/ctl/option-table.h"

/* clang-format off */
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
        { "try-reload-or-restart", "UNIT...", 1, VERB_ANY, NULL, ctl_job },
        { "isolate", "UNIT", 1, 1, NULL, ctl_job },
        { "kill", "UNIT...", 1, VERB_ANY, "send a signal to processes of units", ctl_kill },
        { "is-active", "UNIT...", 1, VERB_ANY, "say whether a unit is active", ctl_is_active },
        { "is-failed", "UNIT...", 1, VERB_ANY, NULL, ctl_is_failed },
        { "is-system-running", NULL, 0, 0, "say whether all is well", ctl_is_system_running },
        { "is-enabled", "UNIT...", 1, VERB_ANY, NULL, ctl_is_enabled },
        { "reset-failed", "[UNIT...]", 0, VERB_ANY, NULL, ctl_reset_failed },
        { "list-dependencies", "[UNIT...]", 0, VERB_ANY, "show what a unit pulls in", ctl_list_dependencies },
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
        { "default", NULL, 0, 0, NULL, ctl_mode },
        { "rescue", NULL, 0, 0, NULL, ctl_mode },
        { "emergency", NULL, 0, 0, NULL, ctl_mode },
        { "poweroff", NULL, 0, 0, NULL, ctl_end },
        { "reboot", NULL, 0, 0, "stop everything and start anew", ctl_end },
        { "halt", NULL, 0, 0, NULL, ctl_end },
        { "kexec", NULL, 0, 0, NULL, ctl_end },
        { "exit", NULL, 0, 0, NULL, ctl_end },
        { "logs", "[UNIT...]", 0, VERB_ANY, "show what units wrote", ctl_logs },
};
/* clang-format on */

int main(int argc, char *argv[]) {
        const Program program = {
                .name = "svctl",
                .usage = "[OPTION]... [VERB] [ARGUMENT]...",
                .summary = "Look at services and control them",
                .manual = "svctl(1)",
                .options = option_table,
                .option_verbs = option_table_verbs,
                .n_option_verbs = option_table_n_verbs,
                .verbs = { verbs, ARRAY_SIZE(verbs) },
                .default_verb = "list-units",
        };
        CtlSettings settings = { .root = "", .priority = 7, .until = UINT64_MAX };
        int status = program_main(&program, argc, argv, &settings);

        option_table_forget(&settings);
        return status;
}
