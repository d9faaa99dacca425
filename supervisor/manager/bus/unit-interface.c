/*
 * The interface org.freedesktop.systemd1.Unit, and what units of each type tell besides: properties
 * that are states rather than settings.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/unit-story.h"
#include "units/load.h"

/* ---- how properties are told ---- */

static int tell_name(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", t->unit->id);
}

static int tell_names(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        int r = sd_bus_message_open_container(m, 'a', "s");

        if (r >= 0)
                r = sd_bus_message_append(m, "s", t->unit->id);
        for (char **alias = t->unit->aliases; alias && *alias && r >= 0; alias++)
                r = sd_bus_message_append(m, "s", *alias);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int tell_description(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s",
                                     t->unit->description ? t->unit->description : t->unit->id);
}

static int tell_load_state(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", unit_state_load_name(t->unit->load));
}

static int tell_active_state(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", unit_state_active_name(t->unit->active));
}

const char *bus_sub_state(const Unit *u, const BusFacts *f) {
        static const char *const plain[UNIT_TYPES] = {
                [UNIT_SLICE] = "active",    [UNIT_TARGET] = "active", [UNIT_DEVICE] = "plugged",
                [UNIT_SERVICE] = "running", [UNIT_SCOPE] = "running", [UNIT_MOUNT] = "mounted",
                [UNIT_SOCKET] = "listening"
        };

        if (f->sub_state)
                return f->sub_state;
        if (unit_state_is_up(u->active) && plain[u->type])
                return plain[u->type];
        return u->active == ACTIVE_INACTIVE ? "dead" : unit_state_active_name(u->active);
}

static int tell_sub_state(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", bus_sub_state(t->unit, &t->facts));
}

/* The names of those that have the kind of dependency P->at. */
static int tell_dependency(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const DependencyList *l = &t->unit->dependencies;
        int r = sd_bus_message_open_container(m, 'a', "s");

        for (size_t i = 0; i < l->n && r >= 0; i++)
                if (l->items[i].kinds & (UINT32_C(1) << p->at))
                        r = sd_bus_message_append(m, "s", l->items[i].other->id);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int tell_mounts(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append_strv(m, t->unit->requires_mounts_for);
}

static int tell_fragment(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", t->unit->fragment ? t->unit->fragment : "");
}

static int tell_drop_ins(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const LoadIndex *index = registry_index(t->bus->setup.engine->registry);
        _cleanup_(load_done) LoadedUnit l = { 0 };
        int r = sd_bus_message_open_container(m, 'a', "s");

        if (index && t->unit->load == LOAD_LOADED)
                (void)load_unit(index, t->unit->id, NULL, &l);
        for (size_t i = l.fragment ? 1 : 0; i < l.n && r >= 0; i++)
                r = sd_bus_message_append(m, "s", l.files[i].path);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int tell_file_state(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const char *state = bus_file_state(t->bus, t->unit);

        return sd_bus_message_append(m, "s", state ? state : "");
}

static uint64_t clock_usec(clockid_t clock) {
        struct timespec now;

        (void)clock_gettime(clock, &now);
        return (uint64_t)now.tv_sec * CLOCK_SECOND + (uint64_t)now.tv_nsec / 1000;
}

/* The engine counts as CLOCK_MONOTONIC does; people want dates. */
uint64_t bus_date(uint64_t monotonic) {
        uint64_t now = clock_now();

        if (monotonic == 0 || monotonic > now)
                return 0;
        return clock_usec(CLOCK_REALTIME) - (now - monotonic);
}

static uint64_t unit_time(const BusTarget *t, const BusProperty *p) {
        uint64_t value;

        memcpy(&value, (const char *)t->unit + p->at, sizeof(value));
        return value;
}

static int tell_time(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "t", unit_time(t, p));
}

static int tell_date(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "t", bus_date(unit_time(t, p)));
}

/* The last change: the latest of the four. */
static int tell_change(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const Unit *u = t->unit;
        uint64_t last = MAX_OF(MAX_OF(u->inactive_exit, u->active_enter),
                               MAX_OF(u->active_exit, u->inactive_enter));

        return sd_bus_message_append(m, "t", p->at ? bus_date(last) : last);
}

static int tell_job(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        char path[64] = "/";

        if (t->unit->job)
                bus_job_path(t->unit->job, path);
        return sd_bus_message_append(m, "(uo)", t->unit->job ? t->unit->job->id : 0U, path);
}

/* ---- why it is so: unit-story.h; P->at is the text, or the test ---- */

static int tell_or_empty(const char *text, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", text ? text : "");
}

static int tell_story(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return tell_or_empty(unit_story_text(t->unit, (StoryText)p->at), m);
}

static int tell_remarks(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append_strv(m, (char **)unit_story_remarks(t->unit));
}

static int tell_test(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const StoryTests tests = unit_story_tests(t->unit, (StoryTest)p->at);
        /* where there is nothing to ask, a start passes */
        bool hold = tests.at > 0 ? tests.hold : t->unit->inactive_exit > 0;

        return sd_bus_message_append(m, "b", (int)hold);
}

static int tell_test_time(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "t", unit_story_tests(t->unit, (StoryTest)p->at).at);
}

static int tell_test_date(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "t",
                                     bus_date(unit_story_tests(t->unit, (StoryTest)p->at).at));
}

static int tell_job_asked_by(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return tell_or_empty(t->unit->job ? t->unit->job->asked_by : NULL, m);
}

/* "start of b.service" */
static int tell_job_waits(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const Job *j = t->unit->job,
                  *other = j && j->state == JOB_WAITING ? job_queue_waits_for(j) : NULL;
        char text[UNIT_NAME_MAX + 32] = "";

        if (other)
                snprintf(text, sizeof(text), "%s of %s", job_type_name(other->type),
                         other->unit->id);
        return sd_bus_message_append(m, "s", text);
}

static int tell_invocation(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        sd_id128_t id = { 0 };
        bool known = t->facts.invocation && sd_id128_from_string(t->facts.invocation, &id) >= 0;

        return sd_bus_message_append_array(m, 'y', id.bytes, known ? sizeof(id.bytes) : 0);
}

static int tell_load_error(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        static const char *const names[LOAD_STATES][2] = {
                [LOAD_NOT_FOUND] = { BUS_NAME ".NoSuchUnit", "Unit %s not found." },
                [LOAD_BAD_SETTING] = { BUS_NAME ".BadUnitSetting",
                                       "Unit %s has a bad unit file setting." },
                [LOAD_ERROR] = { BUS_NAME ".LoadFailed", "Unit %s failed to load properly." },
                [LOAD_MASKED] = { BUS_NAME ".UnitMasked", "Unit %s is masked." },
        };
        const char *const *n = names[t->unit->load];
        bool has_reason = t->unit->load == LOAD_BAD_SETTING || t->unit->load == LOAD_ERROR;
        const char *remark = has_reason ? unit_story_last_remark(t->unit) : NULL;
        char text[UNIT_NAME_MAX + 512] = "";

        if (n[1])
                snprintf(text, sizeof(text), "Unit %s%s%s%s", t->unit->id, strchr(n[1], 's') + 1,
                         remark ? " " : "", remark ? remark : "");
        return sd_bus_message_append(m, "(ss)", n[0] ? n[0] : "", text);
}

static int tell_can(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const Unit *u = t->unit;
        const void *op = u->ops ? (p->at == JOB_START ? (const void *)&u->ops->start
                                                      : (const void *)&u->ops->stop)
                                : NULL;
        bool can = op && *(void *const *)op && u->load == LOAD_LOADED;

        can = can && !(p->at == JOB_START ? u->settings.refuse_manual_start
                                          : u->settings.refuse_manual_stop);
        return sd_bus_message_append(m, "b", (int)can);
}

static int tell_can_reload(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "b",
                                     (int)unit_can_reload(t->unit, t->bus->setup.engine->userdata));
}

static int tell_can_isolate(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "b", (int)t->unit->settings.allow_isolate);
}

static int tell_false(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "b", 0);
}

static int tell_perpetual(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "b", (int)t->unit->perpetual);
}

static int tell_transient(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "b", (int)bus_is_transient(t->bus, t->unit));
}

/* ---- facts: P->at is the place in BusFacts ---- */

static const void *fact(const BusTarget *t, const BusProperty *p) {
        return (const char *)&t->facts + p->at;
}

static int tell_text(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        const char *text = *(const char *const *)fact(t, p);

        return sd_bus_message_append(m, "s", text ? text : "");
}

static int tell_group(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", t->facts.group);
}

static int tell_result(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", t->facts.result ? t->facts.result : "success");
}

static int tell_u32(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "u", *(const uint32_t *)fact(t, p));
}

static int tell_i32(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "i", *(const int32_t *)fact(t, p));
}

static int tell_u64(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "t", *(const uint64_t *)fact(t, p));
}

static int tell_unknown(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "t", UINT64_MAX);
}

/* What a service asks for and does not get, a sentence each. */
static int tell_left(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        int r = sd_bus_message_open_container(m, 'a', "s");

        for (size_t i = 0; i < ARRAY_SIZE(t->facts.left); i++)
                for (char *const *line = t->facts.left[i]; line && *line && r >= 0; line++)
                        r = sd_bus_message_append(m, "s", *line);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int tell_fact_date(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "t", bus_date(*(const uint64_t *)fact(t, p)));
}

static int tell_slice(const BusTarget *t, const BusProperty *p, sd_bus_message *m) {
        return sd_bus_message_append(m, "s", t->unit->slice ? t->unit->slice->id : "");
}

#define UNIT_AT(field) offsetof(Unit, field)
#define FACT(field)    offsetof(BusFacts, field)
#define KIND(name, kind) \
        { name, "as", tell_dependency, DEPENDENCY_##kind, false, 0 }
#define TIMES(name, field)                                                \
        { name, "t", tell_date, UNIT_AT(field), true, 0 }, {              \
                name "Monotonic", "t", tell_time, UNIT_AT(field), true, 0 \
        }

/* clang-format off */
static const BusProperty unit_properties[] = {
        { "Id", "s", tell_name, 0, false, 0 },
        { "Names", "as", tell_names, 0, false, 0 },
        { "Following", "s", tell_text, FACT(following), false, 0 },
        KIND("Requires", REQUIRES),
        KIND("Requisite", REQUISITE),
        KIND("Wants", WANTS),
        KIND("BindsTo", BINDS_TO),
        KIND("PartOf", PART_OF),
        KIND("Upholds", UPHOLDS),
        KIND("RequiredBy", REQUIRED_BY),
        KIND("RequisiteOf", REQUISITE_OF),
        KIND("WantedBy", WANTED_BY),
        KIND("BoundBy", BOUND_BY),
        KIND("UpheldBy", UPHELD_BY),
        KIND("ConsistsOf", CONSISTS_OF),
        KIND("Conflicts", CONFLICTS),
        KIND("ConflictedBy", CONFLICTED_BY),
        KIND("Before", BEFORE),
        KIND("After", AFTER),
        KIND("OnSuccess", ON_SUCCESS),
        KIND("OnSuccessOf", ON_SUCCESS_OF),
        KIND("OnFailure", ON_FAILURE),
        KIND("OnFailureOf", ON_FAILURE_OF),
        KIND("Triggers", TRIGGERS),
        KIND("TriggeredBy", TRIGGERED_BY),
        KIND("PropagatesReloadTo", PROPAGATES_RELOAD_TO),
        KIND("ReloadPropagatedFrom", RELOAD_PROPAGATED_FROM),
        KIND("PropagatesStopTo", PROPAGATES_STOP_TO),
        KIND("StopPropagatedFrom", STOP_PROPAGATED_FROM),
        KIND("JoinsNamespaceOf", JOINS_NAMESPACE_OF),
        KIND("SliceOf", SLICE_OF),
        { "RequiresMountsFor", "as", tell_mounts, 0, false, 0 },
        { "Description", "s", tell_description, 0, false, 0 },
        { "LoadState", "s", tell_load_state, 0, false, 0 },
        { "ActiveState", "s", tell_active_state, 0, true, 0 },
        { "SubState", "s", tell_sub_state, 0, true, 0 },
        { "FragmentPath", "s", tell_fragment, 0, false, 0 },
        { "DropInPaths", "as", tell_drop_ins, 0, false, 0 },
        { "UnitFileState", "s", tell_file_state, 0, false, 0 },
        { "StateChangeTimestamp", "t", tell_change, 1, true, 0 },
        { "StateChangeTimestampMonotonic", "t", tell_change, 0, true, 0 },
        TIMES("InactiveExitTimestamp", inactive_exit),
        TIMES("ActiveEnterTimestamp", active_enter),
        TIMES("ActiveExitTimestamp", active_exit),
        TIMES("InactiveEnterTimestamp", inactive_enter),
        { "CanStart", "b", tell_can, JOB_START, false, 0 },
        { "CanStop", "b", tell_can, JOB_STOP, false, 0 },
        { "CanReload", "b", tell_can_reload, 0, false, 0 },
        { "CanIsolate", "b", tell_can_isolate, 0, false, 0 },
        { "CanFreeze", "b", tell_false, 0, false, 0 },
        { "Job", "(uo)", tell_job, 0, true, 0 },
        { "NeedDaemonReload", "b", tell_false, 0, false, 0 },
        { "LoadError", "(ss)", tell_load_error, 0, false, 0 },
        { "ConditionResult", "b", tell_test, STORY_CONDITIONS, true, 0 },
        { "AssertResult", "b", tell_test, STORY_ASSERTS, true, 0 },
        { "ConditionTimestamp", "t", tell_test_date, STORY_CONDITIONS, true, 0 },
        { "ConditionTimestampMonotonic", "t", tell_test_time, STORY_CONDITIONS, true, 0 },
        { "AssertTimestamp", "t", tell_test_date, STORY_ASSERTS, true, 0 },
        { "AssertTimestampMonotonic", "t", tell_test_time, STORY_ASSERTS, true, 0 },
        /* ours */
        { "LoadRemarks", "as", tell_remarks, 0, false, 0 },
        { "LastJob", "s", tell_story, STORY_LAST_JOB, false, 0 },
        { "Outcome", "s", tell_story, STORY_OUTCOME, false, 0 },
        { "JobAskedBy", "s", tell_job_asked_by, 0, false, 0 },
        { "JobWaitsFor", "s", tell_job_waits, 0, false, 0 },
        { "Perpetual", "b", tell_perpetual, 0, false, 0 },
        { "Transient", "b", tell_transient, 0, false, 0 },
        { "InvocationID", "ay", tell_invocation, 0, true, 0 },
};

#define SERVICE (1U << UNIT_SERVICE)
#define PLACE   (1U << UNIT_MOUNT | 1U << UNIT_SWAP)
#define GROUPED (SERVICE | 1U << UNIT_SOCKET | 1U << UNIT_MOUNT | 1U << UNIT_SWAP | 1U << UNIT_SLICE | 1U << UNIT_SCOPE)
#define RESULT  (SERVICE | 1U << UNIT_SOCKET | 1U << UNIT_MOUNT | 1U << UNIT_SWAP | 1U << UNIT_SCOPE | \
                 1U << UNIT_TIMER | 1U << UNIT_PATH | 1U << UNIT_AUTOMOUNT)

static const BusProperty type_properties[] = {
        { "Result", "s", tell_result, 0, true, RESULT },
        { "MainPID", "u", tell_u32, FACT(main_pid), true, SERVICE },
        { "ControlPID", "u", tell_u32, FACT(control_pid), true, SERVICE | PLACE },
        { "SysFSPath", "s", tell_text, FACT(sysfs), true, 1U << UNIT_DEVICE },
        { "StatusText", "s", tell_text, FACT(status), true, SERVICE },
        { "StatusErrno", "i", tell_i32, FACT(status_errno), true, SERVICE },
        { "NRestarts", "u", tell_u32, FACT(restarts), true, SERVICE },
        { "NFileDescriptorStore", "u", tell_u32, FACT(fds), false, SERVICE },
        { "ExecMainPID", "u", tell_u32, FACT(exec_pid), true, SERVICE },
        { "ExecMainCode", "i", tell_i32, FACT(exec_code), true, SERVICE },
        { "ExecMainStatus", "i", tell_i32, FACT(exec_status), true, SERVICE },
        { "ExecMainStartTimestamp", "t", tell_fact_date, FACT(exec_start), true, SERVICE },
        { "ExecMainStartTimestampMonotonic", "t", tell_u64, FACT(exec_start), true, SERVICE },
        { "ExecMainExitTimestamp", "t", tell_fact_date, FACT(exec_exit), true, SERVICE },
        { "ExecMainExitTimestampMonotonic", "t", tell_u64, FACT(exec_exit), true, SERVICE },
        { "Slice", "s", tell_slice, 0, false, GROUPED },
        { "ControlGroup", "s", tell_group, 0, false, GROUPED },
        { "MemoryCurrent", "t", tell_u64, FACT(usage.memory), false, GROUPED },
        { "MemoryPeak", "t", tell_u64, FACT(usage.memory_peak), false, GROUPED },
        { "MemorySwapCurrent", "t", tell_u64, FACT(usage.memory_swap), false, GROUPED },
        { "MemoryAvailable", "t", tell_u64, FACT(usage.memory_available), false, GROUPED },
        { "CPUUsageNSec", "t", tell_u64, FACT(usage.cpu_ns), false, GROUPED },
        { "TasksCurrent", "t", tell_u64, FACT(usage.tasks), false, GROUPED },
        { "IOReadBytes", "t", tell_u64, FACT(usage.io_read_bytes), false, GROUPED },
        { "IOReadOperations", "t", tell_u64, FACT(usage.io_read_operations), false, GROUPED },
        { "IOWriteBytes", "t", tell_u64, FACT(usage.io_write_bytes), false, GROUPED },
        { "IOWriteOperations", "t", tell_u64, FACT(usage.io_write_operations), false, GROUPED },
        { "IPIngressBytes", "t", tell_unknown, 0, false, GROUPED },
        { "IPIngressPackets", "t", tell_unknown, 0, false, GROUPED },
        { "IPEgressBytes", "t", tell_unknown, 0, false, GROUPED },
        { "IPEgressPackets", "t", tell_unknown, 0, false, GROUPED },
        /* ours; systemctl(1) shows what it does not know as it is */
        { "SettingsEnforced", "u", tell_u32, FACT(enforced), false, SERVICE },
        { "SettingsNotEnforced", "as", tell_left, 0, false, SERVICE },
        { "Failure", "s", tell_text, FACT(failure), true, SERVICE | PLACE | 1U << UNIT_SCOPE },
        { "HealthState", "s", tell_text, FACT(health), true, SERVICE },
        { "HealthFailures", "u", tell_u32, FACT(health_failures), true, SERVICE },
        { "HealthCheckTimestamp", "t", tell_fact_date, FACT(health_checked), false, SERVICE },
};
/* clang-format on */

/* ---- methods of units: those of the manager without the name ---- */

static int run_job(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        return bus_request_named(t->bus, t->unit, m, e);
}

static int run_kill(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        return bus_kill_unit(t->bus, t->unit, m, e);
}

static int run_reset_failed(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        return bus_reset_failed(t->bus, t->unit, m);
}

static int run_set_properties(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        return bus_set_properties(t->bus, t->unit, m, e);
}

static int run_processes(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        return bus_reply_processes(t->bus, t->unit, m);
}

static int run_ref(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        int r = bus_ref(t->bus, m, t->unit);

        return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

static int run_unref(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        int r = bus_unref(t->bus, m, t->unit);

        return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

static int run_abandon(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        return bus_abandon(t->bus, t->unit, m, e);
}

static const BusMethod unit_methods[] = {
        { "Start", "s", "o", run_job },
        { "Stop", "s", "o", run_job },
        { "Reload", "s", "o", run_job },
        { "Restart", "s", "o", run_job },
        { "TryRestart", "s", "o", run_job },
        { "ReloadOrRestart", "s", "o", run_job },
        { "ReloadOrTryRestart", "s", "o", run_job },
        { "Kill", "si", "", run_kill },
        { "ResetFailed", "", "", run_reset_failed },
        { "SetProperties", "ba(sv)", "", run_set_properties },
        { "Ref", "", "", run_ref },
        { "Unref", "", "", run_unref },
};

static const BusMethod type_methods[] = {
        { "GetProcesses", "", "a(sus)", run_processes, true },
        { "Abandon", "", "", run_abandon }, /* of scopes alone */
};

const BusInterface bus_unit_interface = {
        .name = BUS_NAME ".Unit",
        .methods = unit_methods,
        .n_methods = ARRAY_SIZE(unit_methods),
        .properties = unit_properties,
        .n_properties = ARRAY_SIZE(unit_properties),
        .sections = SECTION_UNIT,
};

BusInterface bus_type_interface(UnitType type) {
        static const struct {
                const char *name;
                unsigned sections;
        } types[UNIT_TYPES] = {
                [UNIT_SERVICE] = { BUS_NAME ".Service", SECTION_SERVICE },
                [UNIT_SOCKET] = { BUS_NAME ".Socket", SECTION_SOCKET },
                [UNIT_TARGET] = { BUS_NAME ".Target", 0 },
                [UNIT_DEVICE] = { BUS_NAME ".Device", 0 },
                [UNIT_MOUNT] = { BUS_NAME ".Mount", SECTION_MOUNT },
                [UNIT_AUTOMOUNT] = { BUS_NAME ".Automount", SECTION_AUTOMOUNT },
                [UNIT_SWAP] = { BUS_NAME ".Swap", SECTION_SWAP },
                [UNIT_TIMER] = { BUS_NAME ".Timer", SECTION_TIMER },
                [UNIT_PATH] = { BUS_NAME ".Path", SECTION_PATH },
                [UNIT_SLICE] = { BUS_NAME ".Slice", SECTION_SLICE },
                [UNIT_SCOPE] = { BUS_NAME ".Scope", SECTION_SCOPE },
        };
        bool grouped = GROUPED & (1U << type);

        return (BusInterface){ .name = types[type].name,
                               .methods = type_methods,
                               .n_methods = type == UNIT_SCOPE ? 2U : grouped,
                               .properties = type_properties,
                               .n_properties = ARRAY_SIZE(type_properties),
                               .sections = types[type].sections };
}
