/*
 * One table, by the names of the directives without "Condition" and "Assert".
 */
#include "units/condition.h"

#include <string.h>

#include "base/text.h"
#include "units/condition-tests.h"
#include "units/directive.h"

typedef struct Row {
        const char *name;
        ConditionTest *test;
} Row;

static const Row rows[] = {
        { "PathExists", condition_path_exists },
        { "PathExistsGlob", condition_path_glob },
        { "PathIsDirectory", condition_path_directory },
        { "PathIsSymbolicLink", condition_path_link },
        { "PathIsMountPoint", condition_path_mount },
        { "PathIsReadWrite", condition_path_writable },
        { "PathIsEncrypted", condition_path_encrypted },
        { "DirectoryNotEmpty", condition_path_directory_full },
        { "FileNotEmpty", condition_path_file_full },
        { "FileIsExecutable", condition_path_executable },
        { "NeedsUpdate", condition_path_needs_update },
        { "FirstBoot", condition_machine_first_boot },
        { "ACPower", condition_machine_power },
        { "Architecture", condition_machine_architecture },
        { "Firmware", condition_machine_firmware },
        { "Virtualization", condition_machine_virtual },
        { "Host", condition_machine_host },
        { "KernelCommandLine", condition_kernel_word },
        { "KernelVersion", condition_kernel_version },
        { "Version", condition_kernel_any_version },
        { "Credential", condition_self_credential },
        { "Environment", condition_self_environment },
        { "Security", condition_kernel_security },
        { "Capability", condition_self_capability },
        { "Memory", condition_machine_memory },
        { "CPUs", condition_machine_processors },
        { "CPUFeature", condition_machine_feature },
        { "User", condition_self_user },
        { "Group", condition_self_group },
        { "ControlGroupController", condition_kernel_controllers },
        { "OSRelease", condition_kernel_os_release },
        { "MemoryPressure", condition_machine_memory_pressure },
        { "CPUPressure", condition_machine_cpu_pressure },
        { "IOPressure", condition_machine_io_pressure },
};

int condition_test(const ConditionSetting *c, const ConditionFacts *facts) {
        const char *name = text_after(c->directive->name, "Condition");

        if (!name)
                name = text_after(c->directive->name, "Assert");
        for (size_t i = 0; name && i < ARRAY_SIZE(rows); i++)
                if (text_eq(rows[i].name, name))
                        return rows[i].test(c->argument, facts);
        return -EOPNOTSUPP;
}

static void note_place(const ConditionSetting *c, Diag *diag) {
        if (!diag)
                return;
        diag->file = c->file;
        diag->line = c->line;
        diag->directive = NULL;
}

static bool holds(const ConditionSetting *c, const ConditionFacts *facts, Diag *diag) {
        int r = condition_test(c, facts);

        note_place(c, diag);
        if (r < 0)
                diag_note(diag, "%s=%s%s cannot be found out: %s", c->directive->name,
                          c->negate ? "!" : "", c->argument, strerror(-r));
        else if (!r == !c->negate)
                diag_note(diag, "%s=%s%s does not hold", c->directive->name, c->negate ? "!" : "",
                          c->argument);
        return r >= 0 && !r != !c->negate;
}

bool condition_list_test(const ConditionList *list, const ConditionFacts *facts, char *results,
                         Diag *diag) {
        bool triggers = false, triggered = false, failed = false;

        memset(results, '?', list->n);
        results[list->n] = '\0';
        for (size_t i = 0; i < list->n && !failed; i++) {
                const ConditionSetting *c = &list->items[i];
                bool one;

                triggers = triggers || c->trigger;
                if (c->trigger && triggered)
                        continue;
                one = holds(c, facts, diag);
                results[i] = one ? '+' : '-';
                failed = !one && !c->trigger;
                triggered = triggered || (one && c->trigger);
        }
        return !failed && (triggered || !triggers);
}

bool condition_list_holds(const ConditionList *list, const ConditionFacts *facts, Diag *diag) {
        _cleanup_free_ char *results = malloc(list->n + 1);

        return results && condition_list_test(list, facts, results, diag);
}
