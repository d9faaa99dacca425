/*
 * The interface org.freedesktop.systemd1.Manager: which method is which function, and what the
 * manager tells of itself.
 */
#include <stdio.h>
#include <sys/utsname.h>

#include "base/program.h"
#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"
#include "units/architecture.h"

static int tell_version(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", "svalinn " SVALINN_VERSION);
}

static int tell_empty(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", "");
}

static int tell_truth(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "b", (int)p->at);
}

static int tell_environment(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const BusSetup *setup = &t->bus->setup;
        char **environment =
                setup->ops->environment ? setup->ops->environment(setup->userdata) : NULL;

        return sd_bus_message_append_strv(m, environment);
}

static int tell_path(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const LoadIndex *index = registry_index(t->bus->setup.engine->registry);

        return sd_bus_message_append_strv(m, index ? load_index_path(index)->directories : NULL);
}

static uint32_t count_failed(const Bus *b) {
        uint32_t n = 0;

        REGISTRY_FOREACH(u, b->setup.engine->registry)
        n += u->active == ACTIVE_FAILED;
        return n;
}

static uint32_t count(const BusTarget *t, char what) {
        switch (what) {
        case 'j':
                return (uint32_t)t->bus->setup.engine->n_jobs;
        case 'f':
                return count_failed(t->bus);
        default:
                return (uint32_t)registry_size(t->bus->setup.engine->registry);
        }
}

static int tell_count(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "u", count(t, (char)p->at));
}

static bool is_going_down(const Bus *b) {
        const Unit *u = registry_find(b->setup.engine->registry, "shutdown.target");

        return u && (unit_state_goes_up(u->active) || (u->job && u->job->type == JOB_START));
}

/* systemctl(1), "is-system-running" */
static int tell_state(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const Registry *r = t->bus->setup.engine->registry;
        const Unit *basic = registry_find(r, "basic.target"),
                   *rescue = registry_find(r, "rescue.target"),
                   *emergency = registry_find(r, "emergency.target");
        const char *state = "running";

        if (is_going_down(t->bus))
                state = "stopping";
        else if ((rescue && unit_state_goes_up(rescue->active)) ||
                 (emergency && unit_state_goes_up(emergency->active)))
                state = "maintenance";
        else if (t->bus->setup.engine->n_jobs > 0)
                state = basic && !unit_state_is_up(basic->active) ? "initializing" : "starting";
        else if (count_failed(t->bus) > 0)
                state = "degraded";
        return sd_bus_message_append(m, "s", state);
}

static int tell_began(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "t", p->at ? bus_date(t->bus->began) : t->bus->began);
}

/* The group around all others: that of "-.slice". */
static int tell_group(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        Unit *root = registry_find(t->bus->setup.engine->registry, "-.slice");
        BusTarget of = bus_target_of(t->bus, root);

        return sd_bus_message_append(m, "s", of.facts.group);
}

/* clang-format off */
static const BusProperty properties[] = {
        { "Version", "s", tell_version, 0, false, 0 },
        { "Features", "s", tell_empty, 0, false, 0 },
        { "Virtualization", "s", tell_empty, 0, false, 0 },
        { "Tainted", "s", tell_empty, 0, false, 0 },
        { "SystemState", "s", tell_state, 0, false, 0 },
        { "NNames", "u", tell_count, 'u', false, 0 },
        { "NFailedUnits", "u", tell_count, 'f', false, 0 },
        { "NJobs", "u", tell_count, 'j', false, 0 },
        { "Environment", "as", tell_environment, 0, false, 0 },
        { "UnitPath", "as", tell_path, 0, false, 0 },
        { "ControlGroup", "s", tell_group, 0, false, 0 },
        { "ConfirmSpawn", "b", tell_truth, false, false, 0 },
        { "ServiceWatchdogs", "b", tell_truth, true, false, 0 },
        { "UserspaceTimestamp", "t", tell_began, 1, false, 0 },
        { "UserspaceTimestampMonotonic", "t", tell_began, 0, false, 0 },
};

static const BusMethod methods[] = {
        { "ListUnits", "", "a(ssssssouso)", bus_manager_list_units, true },
        { "ListUnitsFiltered", "as", "a(ssssssouso)", bus_manager_list_filtered, true },
        { "ListUnitsByPatterns", "asas", "a(ssssssouso)", bus_manager_list_by_patterns, true },
        { "ListUnitsByNames", "as", "a(ssssssouso)", bus_manager_list_by_names, true },
        { "GetUnit", "s", "o", bus_manager_get_unit, true },
        { "LoadUnit", "s", "o", bus_manager_load_unit, true },
        { "GetUnitByPID", "u", "o", bus_manager_get_unit_by_pid, true },
        { "GetUnitProcesses", "s", "a(sus)", bus_manager_get_processes, true },
        { "GetUnitFileState", "s", "s", bus_manager_file_state, true },
        { "ListUnitFiles", "", "a(ss)", bus_manager_list_files, true },
        { "ListUnitFilesByPatterns", "asas", "a(ss)", bus_manager_list_files, true },
        { "EnableUnitFiles", "asbb", "ba(sss)", bus_manager_change_files },
        { "ReenableUnitFiles", "asbb", "ba(sss)", bus_manager_change_files },
        { "DisableUnitFiles", "asb", "a(sss)", bus_manager_change_files },
        { "LinkUnitFiles", "asbb", "a(sss)", bus_manager_change_files },
        { "MaskUnitFiles", "asbb", "a(sss)", bus_manager_change_files },
        { "UnmaskUnitFiles", "asb", "a(sss)", bus_manager_change_files },
        { "RevertUnitFiles", "as", "a(sss)", bus_manager_revert_files },
        { "PresetUnitFiles", "asbb", "ba(sss)", bus_manager_preset_files },
        { "PresetUnitFilesWithMode", "assbb", "ba(sss)", bus_manager_preset_files },
        { "PresetAllUnitFiles", "sbb", "a(sss)", bus_manager_preset_all },
        { "SetDefaultTarget", "sb", "a(sss)", bus_manager_set_default },
        { "GetDefaultTarget", "", "s", bus_manager_get_default, true },
        { "AddDependencyUnitFiles", "asssbb", "a(sss)", bus_manager_depend_files },
        { "SetEnvironment", "as", "", bus_manager_set_environment },
        { "UnsetEnvironment", "as", "", bus_manager_set_environment },
        { "UnsetAndSetEnvironment", "asas", "", bus_manager_set_environment },
        { "StartUnit", "ss", "o", bus_manager_job },
        { "StopUnit", "ss", "o", bus_manager_job },
        { "ReloadUnit", "ss", "o", bus_manager_job },
        { "RestartUnit", "ss", "o", bus_manager_job },
        { "TryRestartUnit", "ss", "o", bus_manager_job },
        { "ReloadOrRestartUnit", "ss", "o", bus_manager_job },
        { "ReloadOrTryRestartUnit", "ss", "o", bus_manager_job },
        { "EnqueueUnitJob", "sss", "uososa(uosos)", bus_manager_enqueue },
        { "KillUnit", "ssi", "", bus_manager_kill },
        { "ResetFailed", "", "", bus_manager_reset_failed },
        { "ResetFailedUnit", "s", "", bus_manager_reset_failed_unit },
        { "StartTransientUnit", "ssa(sv)a(sa(sv))", "o", bus_manager_start_transient },
        { "RefUnit", "s", "", bus_manager_ref_unit },
        { "UnrefUnit", "s", "", bus_manager_unref_unit },
        { "AbandonScope", "s", "", bus_manager_abandon },
        { "SetUnitProperties", "sba(sv)", "", bus_manager_set_properties },
        { "ListJobs", "", "a(usssoo)", bus_manager_list_jobs, true },
        { "GetJob", "u", "o", bus_manager_get_job, true },
        { "CancelJob", "u", "", bus_manager_cancel_job },
        { "ClearJobs", "", "", bus_manager_clear_jobs },
        { "Subscribe", "", "", bus_manager_nothing },
        { "Unsubscribe", "", "", bus_manager_nothing },
        { "Reload", "", "", bus_manager_reload },
        { "Reexecute", "", "", bus_manager_reexecute },
        { "Reboot", "", "", bus_manager_end },
        { "PowerOff", "", "", bus_manager_end },
        { "Halt", "", "", bus_manager_end },
        { "KExec", "", "", bus_manager_end },
        { "Exit", "", "", bus_manager_end },
};

static const BusMethod signals[] = {
        { "UnitNew", NULL, "so", NULL },
        { "UnitRemoved", NULL, "so", NULL },
        { "JobNew", NULL, "uos", NULL },
        { "JobRemoved", NULL, "uoss", NULL },
        { "Reloading", NULL, "b", NULL },
        { "UnitFilesChanged", NULL, "", NULL },
};
/* clang-format on */

const BusInterface bus_manager_interface = {
        .name = BUS_MANAGER,
        .methods = methods,
        .n_methods = ARRAY_SIZE(methods),
        .properties = properties,
        .n_properties = ARRAY_SIZE(properties),
        .signals = signals,
        .n_signals = ARRAY_SIZE(signals),
};
