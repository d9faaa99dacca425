/*
 * "svctl status UNIT": what a person wants to know of a unit, on one screen; without a unit, the
 * tree of slices with what is in them.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "base/number.h"
#include "base/strv.h"
#include "base/terminal.h"
#include "base/text.h"
#include "supervisor/tools/ctl/names.h"
#include "supervisor/tools/ctl/pager.h"
#include "units/signal-name.h"
#include "units/size.h"
#include "units/time-span.h"
#include "units/timestamp.h"

enum { NOT_ACTIVE = 3, NOT_FOUND = 4, DEPTH_MAX = 32 };

#define LABEL "%12s: "

static bool known(uint64_t n) {
        return n != UINT64_MAX;
}

static void print_states(json_object *unit) {
        const char *active = client_text(unit, "ActiveState"),
                   *file = client_text(unit, "UnitFileState"),
                   *result = client_text(unit, "Result");
        uint64_t since = client_number(unit, "StateChangeTimestamp");
        bool colour = terminal_has_colour(STDOUT_FILENO) && text_eq(active, "failed");
        char date[TIMESTAMP_MAX], ago[TIMESTAMP_MAX];

        printf(LABEL "%s%s%s%s%s\n", "Loaded", client_text(unit, "LoadState"),
               *client_plain_text(unit, "FragmentPath") ? " from " : "",
               client_plain_text(unit, "FragmentPath"), *file ? ", " : "", file);
        printf(LABEL "%s%s%s (%s)", "Active", colour ? TERMINAL_BOLD : "", active,
               colour ? TERMINAL_NORMAL : "", client_text(unit, "SubState"));
        if (*result && !text_eq(result, "success"))
                printf(", result: %s", result);
        if (since)
                printf(", since %s; %s", timestamp_format(since, false, date),
                       timestamp_format_relative(since, timestamp_now(), ago));
        putchar('\n');
}

static void print_main(json_object *unit) {
        uint64_t pid = client_number(unit, "MainPID"), control = client_number(unit, "ControlPID"),
                 code = client_number(unit, "ExecMainCode");
        int status = (int)client_number(unit, "ExecMainStatus");
        char name[SIGNAL_NAME_MAX];

        if (pid)
                printf(LABEL "%" PRIu64 "\n", "Main process", pid);
        else if (code == CLD_EXITED)
                printf(LABEL "exited with status %d\n", "Main process", status);
        else if (code)
                printf(LABEL "ended by %s%s\n", "Main process", signal_name_format(status, name),
                       code == CLD_DUMPED ? ", with a core dump" : "");
        if (control)
                printf(LABEL "process %" PRIu64 "\n", "Control", control);
        if (*client_plain_text(unit, "StatusText"))
                printf(LABEL "%s\n", "Status", client_plain_text(unit, "StatusText"));
        if (client_number(unit, "NRestarts"))
                printf(LABEL "%" PRIu64 "\n", "Restarts", client_number(unit, "NRestarts"));
}

static void print_io(json_object *unit) {
        uint64_t in = client_number(unit, "IOReadBytes"), out = client_number(unit, "IOWriteBytes");
        char text[SIZE_TEXT_MAX];

        if (!known(in) || !known(out) || in + out == 0)
                return;
        printf(LABEL "%s read", "IO", size_format(in, text));
        printf(", %s written\n", size_format(out, text));
}

static void print_resources(json_object *unit) {
        uint64_t memory = client_number(unit, "MemoryCurrent"),
                 peak = client_number(unit, "MemoryPeak"), max = client_number(unit, "MemoryMax"),
                 cpu = client_number(unit, "CPUUsageNSec"),
                 tasks = client_number(unit, "TasksCurrent");
        char text[SIZE_TEXT_MAX], span[TIME_SPAN_MAX];

        if (known(tasks))
                printf(LABEL "%" PRIu64 "\n", "Tasks", tasks);
        if (known(memory)) {
                printf(LABEL "%s", "Memory", size_format(memory, text));
                if (known(peak))
                        printf(", at most %s so far", size_format(peak, text));
                if (known(max) && max > 0)
                        printf(", of %s", size_format(max, text));
                putchar('\n');
        } else if (known(peak))
                printf(LABEL "was at most %s\n", "Memory", size_format(peak, text));
        if (known(cpu))
                printf(LABEL "%s\n", "CPU", time_span_format(cpu / 1000, 1000, span));
        print_io(unit);
}

/* How the last checks went. */
static void print_health(json_object *unit) {
        const char *health = client_text(unit, "HealthState");
        uint64_t failures = client_number(unit, "HealthFailures"),
                 checked = client_number(unit, "HealthCheckTimestamp");
        char ago[TIMESTAMP_MAX];

        if (!*health)
                return;
        printf(LABEL "%s", "Health", health);
        if (failures)
                printf(", %" PRIu64 " of %" PRIu64 " failures in a row", failures,
                       client_number(unit, "HealthCheckRetries"));
        if (checked)
                printf(", checked %s", timestamp_format_relative(checked, timestamp_now(), ago));
        putchar('\n');
}

/* What the service was promised by its settings, and what of that it does not have. */
static void print_sandbox(json_object *unit) {
        uint64_t enforced = client_number(unit, "SettingsEnforced");
        json_object *left = NULL;
        size_t n = 0;

        if (json_object_object_get_ex(unit, "SettingsNotEnforced", &left))
                n = json_object_array_length(left);
        if (enforced == 0 && n == 0)
                return;
        printf(LABEL "%" PRIu64 " settings enforced%s\n", "Sandbox", enforced, n ? ", but:" : "");
        for (size_t i = 0; i < n; i++)
                printf("%14s%s\n", "", client_plain(json_object_array_get_idx(left, i)));
}

static int print_processes(sd_bus *bus, const char *name, json_object *unit) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        _cleanup_json_ json_object *list = NULL;
        int status = 0;

        if (!*client_plain_text(unit, "ControlGroup"))
                return 0;
        printf(LABEL "%s\n", "Group", client_plain_text(unit, "ControlGroup"));
        status = client_call(bus, &(ClientCall){ "GetUnitProcesses", "list processes" }, &reply,
                             "s", name);
        if (status == 0)
                status = client_read(reply, &list);
        for (size_t i = 0; status == 0 && i < json_object_array_length(list); i++) {
                json_object *one = json_object_array_get_idx(list, i);

                printf("%14s%8" PRIu64 " %s\n", "",
                       json_object_get_uint64(json_object_array_get_idx(one, 1)),
                       client_plain(json_object_array_get_idx(one, 2)));
        }
        return status;
}

/* Why it could not be loaded, what of its files was passed over, and why it was not started. */
static void print_reasons(json_object *unit) {
        json_object *error, *remarks = NULL;
        const char *reason = client_plain_text(unit, "Failure"),
                   *outcome = client_plain_text(unit, "Outcome");
        size_t n = 0;

        if (json_object_object_get_ex(unit, "LoadError", &error) &&
            *client_plain(json_object_array_get_idx(error, 1)))
                printf(LABEL "%s\n", "Error", client_plain(json_object_array_get_idx(error, 1)));
        if (json_object_object_get_ex(unit, "LoadRemarks", &remarks))
                n = json_object_array_length(remarks);
        for (size_t i = 0; i < n; i++)
                printf(LABEL "%s\n", "Warning",
                       client_plain(json_object_array_get_idx(remarks, i)));
        if (*reason)
                printf(LABEL "%s\n", "Reason", reason);
        if (*outcome)
                printf(LABEL "%s\n", "Outcome", outcome);
}

static int print_unit(sd_bus *bus, const char *name, json_object *unit) {
        printf("%s - %s\n", client_plain_text(unit, "Id"), client_plain_text(unit, "Description"));
        print_states(unit);
        print_reasons(unit);
        print_main(unit);
        print_health(unit);
        print_sandbox(unit);
        print_resources(unit);
        return print_processes(bus, name, unit);
}

static int status_of(json_object *unit) {
        const char *active = client_text(unit, "ActiveState");

        if (text_eq(client_text(unit, "LoadState"), "not-found"))
                return NOT_FOUND;
        return text_eq(active, "inactive") || text_eq(active, "failed") ? NOT_ACTIVE : 0;
}

static int show_one(sd_bus *bus, const char *name, const CtlSettings *settings) {
        _cleanup_json_ json_object *unit = NULL;
        int status = client_properties(bus, name, &unit);

        if (status)
                return status;
        if (status_of(unit) == NOT_FOUND)
                ctl_complain("there is no unit %s", name);
        else if (settings->json)
                puts(json_object_to_json_string_ext(unit, JSON_C_TO_STRING_PLAIN));
        else {
                status = print_unit(bus, name, unit);
                ctl_logs_of(settings, name);
        }
        return status ? status : status_of(unit);
}

/* ---- the tree ---- */

/* Units by name, each with its properties. */
static int collect(sd_bus *bus, json_object *all, json_object *ret) {
        static const char *const types[] = { ".service", ".slice", ".scope",
                                             ".mount",   ".swap",  ".socket" };
        int status = 0;

        for (size_t i = 0; i < json_object_array_length(all) && status == 0; i++) {
                json_object *row = json_object_array_get_idx(all, i), *unit = NULL;
                const char *name = json_object_get_string(json_object_array_get_idx(row, 0)),
                           *active = json_object_get_string(json_object_array_get_idx(row, 3));

                for (size_t t = 0; t < ARRAY_SIZE(types); t++) {
                        if (!text_ends_with(name, types[t]) || text_eq(active, "inactive"))
                                continue;
                        status = client_properties(bus, name, &unit);
                        if (status == 0)
                                json_object_object_add(ret, name, unit);
                }
        }
        return status;
}

static void print_branch(json_object *units, const char *slice, unsigned depth) {
        json_object_object_foreach(units, name, unit) {
                uint64_t memory = client_number(unit, "MemoryCurrent"),
                         cpu = client_number(unit, "CPUUsageNSec");
                char size[SIZE_TEXT_MAX] = "", span[TIME_SPAN_MAX] = "";

                if (!text_eq(client_text(unit, "Slice"), slice) || depth > DEPTH_MAX)
                        continue;
                if (known(memory) && memory > 0)
                        size_format(memory, size);
                if (known(cpu))
                        time_span_format(cpu / 1000, 1000, span);
                printf("%*s%-*s %-14s %10s %12s\n", (int)(depth * 2), "",
                       (int)(48 - MIN_OF(depth, 20U) * 2), name, client_text(unit, "SubState"),
                       size, span);
                if (text_ends_with(name, ".slice"))
                        print_branch(units, name, depth + 1);
        }
}

static int show_tree(sd_bus *bus, const CtlSettings *settings) {
        _cleanup_json_ json_object *all = NULL, *manager = NULL, *units = json_object_new_object();
        int status = client_properties(bus, NULL, &manager);

        if (status == 0)
                status = client_units(bus, &(ClientFilter){ 0 }, &all);
        if (status == 0)
                status = collect(bus, all, units);
        if (status)
                return status;
        if (settings->json) {
                puts(json_object_to_json_string_ext(units, JSON_C_TO_STRING_PLAIN));
                return 0;
        }
        printf("State: %s, %" PRIu64 " jobs, %" PRIu64 " failed units\n\n",
               client_text(manager, "SystemState"), client_number(manager, "NJobs"),
               client_number(manager, "NFailedUnits"));
        print_branch(units, "", 0);
        return 0;
}

/* ---- which units ---- */

/* The unit that the process PID is in. */
static int add_unit_of(sd_bus *bus, uint32_t pid, char ***names) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *path;
        char *name;
        int status = client_call(bus, &(ClientCall){ "GetUnitByPID", "find the unit" }, &reply, "u",
                                 pid);

        if (status)
                return status;
        if (sd_bus_message_read(reply, "o", &path) < 0 ||
            sd_bus_path_decode(path, CLIENT_ROOT "/unit", &name) <= 0 || strv_push(names, name) < 0)
                return 1;
        return 0;
}

static int find_units(const CtlSettings *s, sd_bus *bus, char *texts[], char ***ret) {
        _cleanup_strv_ char **rest = NULL;
        int status = 0;

        if (!*texts && strv_add(&rest, "*") < 0)
                return 1;
        STRV_FOREACH(text, texts) {
                uint32_t pid;

                if (number_parse_u32(*text, 10, &pid) >= 0)
                        status = add_unit_of(bus, pid, &rest);
                else if (strv_add(&rest, *text) < 0)
                        status = 1;
                if (status)
                        return status;
        }
        return names_expand(bus, s, rest, ret);
}

int ctl_status(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_strv_ char **names = NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus), worst = 0;
        bool tree = argc == 1 && !settings->states && !settings->types;
        pid_t pager;

        if (status == 0 && !tree)
                status = find_units(settings, bus, argv + 1, &names);
        if (status)
                return status;
        pager = pager_begin(settings);
        if (tree)
                worst = show_tree(bus, settings);
        for (size_t i = 0; names && names[i]; i++) {
                if (i > 0 && !settings->json)
                        putchar('\n');
                status = show_one(bus, names[i], settings);
                worst = worst ? worst : status;
        }
        pager_end(pager);
        return worst;
}
