/*
 * "svctl why UNIT": the chain of causes for a unit's state: what the manager tells of it, and then
 * what it waits for, or could not do without, is asked the same question, until something is its
 * own cause.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "base/text.h"
#include "supervisor/tools/ctl/client.h"
#include "supervisor/tools/ctl/ctl.h"
#include "units/signal-name.h"

enum { DEPTH_MAX = 16, NOT_FOUND = 4, TEXT_MAX = 1024 };

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

        if (*client_plain_text(unit, "Failure"))
                snprintf(to, size, "%s", client_plain_text(unit, "Failure"));
        else if (text_eq(result, "exit-code") && code == CLD_EXITED)
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
                snprintf(to, size, "%s",
                         text_after(client_text(unit, "LastJob"), "stop")
                                 ? "it was stopped"
                                 : "it has ended by itself, and well");
}

/* Why a unit that could not be loaded could not. */
static void explain_load(json_object *unit, char *to, size_t size) {
        const char *load = client_text(unit, "LoadState");
        json_object *remarks = NULL;
        size_t n = 0;

        if (json_object_object_get_ex(unit, "LoadRemarks", &remarks))
                n = json_object_array_length(remarks);
        if (text_eq(load, "not-found"))
                snprintf(to, size, "there is no such unit");
        else if (text_eq(load, "masked"))
                snprintf(to, size, "it is masked");
        else if (n > 0)
                snprintf(to, size, "%s: %s", load,
                         client_plain(json_object_array_get_idx(remarks, n - 1)));
        else
                snprintf(to, size, "its files could not be loaded: see \"svanalyze verify\"");
}

static void explain_failure(json_object *unit, char *to, size_t size) {
        const char *outcome = client_plain_text(unit, "Outcome");
        bool has_result =
                !text_eq(client_text(unit, "Result"), "success") && *client_text(unit, "Result");
        char end[TEXT_MAX];

        explain_end(unit, end, sizeof(end));
        snprintf(to, size, "failed: %s%s%s", *outcome ? outcome : "",
                 *outcome && has_result ? "; " : "",
                 has_result ? end
                 : *outcome ? ""
                            : "nothing is known of why");
}

static void explain(json_object *unit, char *to, size_t size) {
        const char *active = client_text(unit, "ActiveState"),
                   *outcome = client_plain_text(unit, "Outcome"),
                   *failure = client_plain_text(unit, "Failure");
        bool is_down = text_eq(active, "inactive");
        char end[TEXT_MAX];

        if (is_down && !text_eq(client_text(unit, "LoadState"), "loaded"))
                explain_load(unit, to, size);
        else if (text_eq(active, "failed"))
                explain_failure(unit, to, size);
        else if (is_down && *outcome)
                snprintf(to, size, "inactive: %s", outcome);
        else if (is_down && client_number(unit, "InactiveExitTimestamp") == 0)
                snprintf(to, size, "inactive: it was never started");
        else if (is_down) {
                explain_end(unit, end, sizeof(end));
                snprintf(to, size, "inactive: %s", end);
        } else
                snprintf(to, size, "%s (%s)%s%s%s%s", active, client_text(unit, "SubState"),
                         *outcome ? ": " : "", outcome, *failure ? ": " : "", failure);
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

/* What the manager tells besides: who asked, what is wrong in the files, what it waits for. */
static int say_story(Walk *w, json_object *unit, const char *name, unsigned depth) {
        const char *last = client_plain_text(unit, "LastJob"),
                   *by = client_plain_text(unit, "JobAskedBy"),
                   *waits = client_plain_text(unit, "JobWaitsFor");
        json_object *remarks = NULL;
        char text[TEXT_MAX];
        int status = 0;
        size_t n;

        if (*last) {
                snprintf(text, sizeof(text), "the last job: %s", last);
                status = say(w, name, depth, text);
        }
        if (status == 0 && has_job(unit)) {
                snprintf(text, sizeof(text), "a job is %s%s%s%s",
                         *waits ? "waiting for the " : "running", waits,
                         *by ? ", asked for by " : "", by);
                status = say(w, name, depth, text);
        }
        if (!json_object_object_get_ex(unit, "LoadRemarks", &remarks))
                return status;
        /* the last one is why it could not be loaded, and was said */
        n = json_object_array_length(remarks);
        if (n > 0 && !text_eq(client_text(unit, "LoadState"), "loaded"))
                n--;
        for (size_t i = 0; i < n && status == 0; i++) {
                snprintf(text, sizeof(text), "in its files: %s",
                         client_plain(json_object_array_get_idx(remarks, i)));
                status = say(w, name, depth, text);
        }
        return status;
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

static bool is_nowhere(json_object *unit) {
        return text_eq(client_text(unit, "LoadState"), "not-found") &&
               text_eq(client_text(unit, "ActiveState"), "inactive");
}

static int walk(Walk *w, const char *name, unsigned depth) {
        static const char *const keys[] = { "Requires", "Requisite", "BindsTo" };
        _cleanup_json_ json_object *unit = NULL;
        char text[2 * TEXT_MAX];
        bool waits, is_up;
        int status;

        if (depth > DEPTH_MAX || json_object_object_get_ex(w->seen, name, NULL))
                return 0;
        json_object_object_add(w->seen, name, json_object_new_boolean(true));
        status = client_properties(w->bus, name, &unit);
        if (status)
                return status;
        if (depth == 0 && is_nowhere(unit)) {
                ctl_complain("there is no unit %s", name);
                return NOT_FOUND;
        }
        waits = has_job(unit);
        is_up = text_eq(client_text(unit, "ActiveState"), "active");
        explain(unit, text, sizeof(text));
        status = say(w, name, depth, text);
        if (status == 0)
                status = say_story(w, unit, name, depth);
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
