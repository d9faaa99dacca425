/*
 * "svctl why UNIT": the chain of causes for a unit's state. What a unit waits for, or what it could
 * not do without, is asked the same question, until something is its own cause.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "base/text.h"
#include "supervisor/tools/ctl/client.h"
#include "supervisor/tools/ctl/ctl.h"
#include "units/signal-name.h"

enum { DEPTH_MAX = 16 };

typedef struct Walk {
        sd_bus *bus;
        json_object *seen;   /* names */
        json_object *causes; /* [{unit, because}] */
} Walk;

static int say(Walk *w, const char *name, unsigned depth, const char *because) {
        json_object *cause = json_object_new_object();

        json_object_object_add(cause, "unit", json_object_new_string(name));
        json_object_object_add(cause, "depth", json_object_new_int((int)depth));
        json_object_object_add(cause, "because", json_object_new_string(because));
        return json_object_array_add(w->causes, cause) < 0;
}

/* How a service ended, in words. */
static void explain_end(json_object *unit, char *to, size_t size) {
        const char *result = client_text(unit, "Result");
        uint64_t code = client_number(unit, "ExecMainCode");
        int status = (int)client_number(unit, "ExecMainStatus");
        char name[SIGNAL_NAME_MAX];

        if (text_eq(result, "exit-code") && code == CLD_EXITED)
                snprintf(to, size, "its main process exited with status %d", status);
        else if (text_eq(result, "exit-code"))
                snprintf(to, size, "one of its commands exited with an error");
        else if (text_eq(result, "signal") || text_eq(result, "core-dump"))
                snprintf(to, size, "its process was ended by %s",
                         code ? signal_name_format(status, name) : "a signal");
        else if (text_eq(result, "timeout"))
                snprintf(to, size, "it took longer than it may");
        else if (text_eq(result, "watchdog"))
                snprintf(to, size, "it did not report in time to its watchdog");
        else if (text_eq(result, "health"))
                snprintf(to, size, "its HealthCheck= has failed too often");
        else if (text_eq(result, "start-limit-hit"))
                snprintf(to, size, "it was started too often");
        else if (text_eq(result, "oom-kill"))
                snprintf(to, size, "the kernel ended it for want of memory");
        else if (text_eq(result, "exec-condition"))
                snprintf(to, size, "ExecCondition= said no");
        else if (!text_eq(result, "success") && *result)
                snprintf(to, size, "its result is \"%s\"", result);
        else
                snprintf(to, size, "it was stopped, or has done its work");
}

static void explain(json_object *unit, char *to, size_t size) {
        const char *active = client_text(unit, "ActiveState"),
                   *load = client_text(unit, "LoadState");
        char end[128];

        explain_end(unit, end, sizeof(end));
        if (text_eq(load, "not-found"))
                snprintf(to, size, "there is no such unit");
        else if (text_eq(load, "masked"))
                snprintf(to, size, "it is masked");
        else if (!text_eq(load, "loaded"))
                snprintf(to, size, "its files could not be loaded: see \"svanalyze verify\"");
        else if (text_eq(active, "failed"))
                snprintf(to, size, "failed: %s",
                         text_eq(client_text(unit, "Result"), "success") ? "nothing is known of why"
                                                                         : end);
        else if (text_eq(active, "inactive") && client_number(unit, "InactiveExitTimestamp") == 0)
                snprintf(to, size, "inactive: it was never started");
        else if (text_eq(active, "inactive"))
                snprintf(to, size, "inactive: %s", end);
        else
                snprintf(to, size, "%s (%s)", active, client_text(unit, "SubState"));
}

static int walk(Walk *w, const char *name, unsigned depth);

/* Those that KEY names and that are not up: they are why. */
static int follow(Walk *w, json_object *unit, const char *key, unsigned depth) {
        json_object *names;
        int status = 0;

        if (!json_object_object_get_ex(unit, key, &names))
                return 0;
        for (size_t i = 0; i < json_object_array_length(names) && status == 0; i++) {
                const char *name = json_object_get_string(json_object_array_get_idx(names, i));
                _cleanup_json_ json_object *other = NULL;
                const char *active;

                status = client_properties(w->bus, name, &other);
                if (status)
                        return status;
                active = client_text(other, "ActiveState");
                if (!text_eq(active, "active") && !text_eq(active, "reloading"))
                        status = walk(w, name, depth);
        }
        return status;
}

static bool has_job(json_object *unit) {
        json_object *job;

        return json_object_object_get_ex(unit, "Job", &job) &&
               json_object_get_int64(json_object_array_get_idx(job, 0)) != 0;
}

/* What pulled it in, for one that is up. */
static int follow_up(Walk *w, json_object *unit, const char *name, unsigned depth) {
        static const char *const keys[] = { "RequiredBy", "WantedBy", "BoundBy", "UpheldBy",
                                            "TriggeredBy" };
        int status = 0;

        for (size_t k = 0; k < ARRAY_SIZE(keys) && status == 0; k++) {
                json_object *names;
                char text[512];

                if (!json_object_object_get_ex(unit, keys[k], &names))
                        continue;
                for (size_t i = 0; i < json_object_array_length(names); i++) {
                        snprintf(text, sizeof(text), "%s %s", keys[k],
                                 json_object_get_string(json_object_array_get_idx(names, i)));
                        status = say(w, name, depth, text);
                }
        }
        return status;
}

static int walk(Walk *w, const char *name, unsigned depth) {
        static const char *const keys[] = { "Requires", "Requisite", "BindsTo" };
        _cleanup_json_ json_object *unit = NULL;
        char text[512];
        bool waits, is_up;
        int status;

        if (depth > DEPTH_MAX || json_object_object_get_ex(w->seen, name, NULL))
                return 0;
        json_object_object_add(w->seen, name, json_object_new_boolean(true));
        status = client_properties(w->bus, name, &unit);
        if (status)
                return status;
        waits = has_job(unit);
        is_up = text_eq(client_text(unit, "ActiveState"), "active");
        explain(unit, text, sizeof(text));
        status = say(w, name, depth, text);
        if (status == 0 && waits)
                status = say(w, name, depth, "a job is waiting or running");
        if (status == 0 && is_up)
                return follow_up(w, unit, name, depth + 1);
        for (size_t i = 0; i < ARRAY_SIZE(keys) && status == 0; i++)
                status = follow(w, unit, keys[i], depth + 1);
        if (status == 0 && waits)
                status = follow(w, unit, "After", depth + 1);
        return status;
}

int ctl_why(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_json_ json_object *seen = json_object_new_object(),
                                   *causes = json_object_new_array();
        _cleanup_free_ char *name = client_unit_name(argv[1]);
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = name ? client_open(&bus) : 2;

        if (status == 0)
                status = walk(&(Walk){ bus, seen, causes }, name, 0);
        for (size_t i = 0; status == 0 && i < json_object_array_length(causes); i++) {
                json_object *cause = json_object_array_get_idx(causes, i);

                if (settings->json)
                        puts(json_object_to_json_string_ext(cause, JSON_C_TO_STRING_PLAIN));
                else
                        printf("%*s%s: %s\n", (int)client_number(cause, "depth") * 2, "",
                               client_text(cause, "unit"), client_text(cause, "because"));
        }
        return status;
}
