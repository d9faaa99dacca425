/*
 * The verbs that ask for jobs: "svctl start UNIT" and its kin. Jobs of all units are asked for
 * first and then waited for, so that they run beside each other.
 */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/ctl.h"
#include "supervisor/tools/ctl/names.h"

typedef struct Wanted {
        char *job; /* path */
        char *unit;
        char *result; /* NULL: it is not over */
} Wanted;

typedef struct Waiting {
        Wanted *items;
        size_t n, left;
} Waiting;

static void waiting_done(Waiting *w) {
        for (size_t i = 0; i < w->n; i++) {
                free(w->items[i].job);
                free(w->items[i].unit);
                free(w->items[i].result);
        }
        free(w->items);
}

static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *e) {
        const char *job, *unit, *result;
        Waiting *w = userdata;
        uint32_t id;

        if (sd_bus_message_is_signal(m, CLIENT_MANAGER, "JobRemoved") <= 0 ||
            sd_bus_message_read(m, "uoss", &id, &job, &unit, &result) < 0)
                return 0;
        for (size_t i = 0; i < w->n; i++)
                if (!w->items[i].result && text_eq(w->items[i].job, job)) {
                        w->items[i].result = strdup(result);
                        w->left -= w->items[i].result != NULL;
                }
        return 0;
}

/* ---- asking ---- */

static const struct {
        const char *verb, *method;
} methods[] = {
        { "start", "StartUnit" },
        { "stop", "StopUnit" },
        { "restart", "RestartUnit" },
        { "reload", "ReloadUnit" },
        { "try-restart", "TryRestartUnit" },
        { "reload-or-restart", "ReloadOrRestartUnit" },
        { "try-reload-or-restart", "ReloadOrTryRestartUnit" },
        { "isolate", "StartUnit" },
};

/* What is asked for each unit. */
typedef struct Request {
        const char *verb, *mode;
} Request;

static int ask(sd_bus *bus, const Request *q, const char *name, Waiting *w) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        _cleanup_free_ char *to_do = NULL;
        const char *method = "StartUnit", *path;
        Wanted wanted;
        int status;

        for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
                if (text_eq(methods[i].verb, q->verb))
                        method = methods[i].method;
        if (asprintf(&to_do, "%s %s", q->verb, name) < 0)
                return 1;
        status = client_call(bus, &(ClientCall){ method, to_do }, &reply, "ss", name, q->mode);
        if (status)
                return status;
        if (sd_bus_message_read(reply, "o", &path) < 0 || ARRAY_GROW(w->items, w->n) < 0)
                return 1;
        wanted = (Wanted){ .job = strdup(path), .unit = strdup(name) };
        w->items[w->n++] = wanted;
        w->left++;
        return wanted.job && wanted.unit ? 0 : 1;
}

/* ---- waiting ---- */

static int wait_for_all(sd_bus *bus, Waiting *w) {
        while (w->left > 0)
                if (client_wait(bus, CLOCK_FOREVER) < 0) {
                        ctl_complain("the manager left before the jobs were done; it goes on with "
                                     "them, see \"svctl list-jobs\"");
                        return 1;
                }
        return 0;
}

static void complain(sd_bus *bus, const Wanted *w) {
        _cleanup_json_ json_object *unit = NULL;
        const char *why = "";

        if (text_eq(w->result, "failed") && client_properties(bus, w->unit, &unit) == 0)
                why = client_plain_text(unit, "Result");
        if (text_eq(why, "success")) /* nothing of its own went wrong */
                why = "";
        ctl_complain("the job for %s ended as \"%s\"%s%s%s; see \"svctl status %s\" and \"svctl "
                     "why %s\"",
                     w->unit, w->result, *why ? " (" : "", why, *why ? ")" : "", w->unit, w->unit);
}

static int judge(sd_bus *bus, const Waiting *w) {
        int status = 0;

        for (size_t i = 0; i < w->n; i++)
                if (!text_eq(w->items[i].result, "done") &&
                    !text_eq(w->items[i].result, "skipped")) {
                        complain(bus, &w->items[i]);
                        status = 1;
                }
        return status;
}

/* ---- --wait: until the units are down again ---- */

/* 1: it is up; 0: it is not, and *FAILED says whether that was no success. */
static int is_up(sd_bus *bus, const char *name, bool *failed) {
        _cleanup_json_ json_object *unit = NULL;
        const char *state;

        if (client_properties(bus, name, &unit))
                return -EIO;
        state = client_text(unit, "ActiveState");
        *failed = *failed || text_eq(state, "failed");
        return !text_eq(state, "inactive") && !text_eq(state, "failed");
}

static int wait_for_end(sd_bus *bus, char *const *names) {
        bool failed = false;

        STRV_FOREACH(name, names) {
                int r;

                /* whatever is told may be the end of it */
                while ((r = is_up(bus, *name, &failed)) > 0)
                        if (client_wait(bus, CLOCK_FOREVER) < 0)
                                break;
                if (r != 0) {
                        ctl_complain("the manager left, and nothing more is known of %s", *name);
                        return 1;
                }
        }
        return failed;
}

static int run(char *const *texts, const Request *q, const CtlSettings *settings) {
        _cleanup_(waiting_done) Waiting w = { 0 };
        _cleanup_strv_ char **names = NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status, failed = 0;

        if (settings->wait && settings->no_block) {
                ctl_complain("only one of --wait and --no-block can be had");
                return 2;
        }
        status = client_open(&bus);
        if (status == 0)
                status = names_expand(bus, settings, texts, &names);
        if (status == 0 && sd_bus_add_filter(bus, NULL, on_signal, &w) < 0)
                status = 1;
        if (status)
                return status;
        STRV_FOREACH(name, names) {
                status = ask(bus, q, *name, &w);
                failed = failed ? failed : status;
        }
        status = settings->no_block ? 0 : wait_for_all(bus, &w);
        if (status == 0 && !settings->no_block)
                status = judge(bus, &w);
        if (status == 0 && failed == 0 && settings->wait)
                status = wait_for_end(bus, names);
        return failed ? failed : status;
}

int ctl_job(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        const char *mode = settings->job_mode ? settings->job_mode : "replace";

        if (settings->fail)
                mode = "fail";
        else if (text_eq(argv[0], "isolate"))
                mode = "isolate";
        return run(argv + 1, &(Request){ argv[0], mode }, settings);
}

/* "svctl rescue": the whole system goes into the state that this target is. */
int ctl_mode(int argc, char *argv[], void *context) {
        _cleanup_free_ char *target = NULL;

        if (asprintf(&target, "%s.target", argv[0]) < 0)
                return 1;
        return run((char *[]){ target, NULL }, &(Request){ "isolate", "isolate" }, context);
}

int ctl_cancel(int argc, char *argv[], void *context) {
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);

        if (status == 0 && argc == 1)
                return client_call(bus, &(ClientCall){ "ClearJobs", "cancel all jobs" }, NULL, "");
        for (int i = 1; i < argc && status == 0; i++) {
                uint32_t id;

                if (number_parse_u32(argv[i], 10, &id) < 0) {
                        ctl_complain("\"%s\" is no number of a job; see \"svctl list-jobs\"",
                                     argv[i]);
                        return 2;
                }
                status = client_call(bus, &(ClientCall){ "CancelJob", "cancel the job" }, NULL, "u",
                                     id);
        }
        return status;
}
