/*
 * Jobs: those that clients ask for, and those that are there.
 */
#include <signal.h>

#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/transaction.h"
#include "supervisor/manager/unit-notify.h"
#include "supervisor/manager/unit-story.h"
#include "units/signal-name.h"

/* Methods of the unit, and of the manager with "Unit" at the end. */
static const struct {
        const char *name;
        JobType type;
        JobType reloading; /* for a unit that can be reloaded */
} names[] = {
        { "Start", JOB_START, JOB_START },
        { "Stop", JOB_STOP, JOB_STOP },
        { "Reload", JOB_RELOAD, JOB_RELOAD },
        { "Restart", JOB_RESTART, JOB_RESTART },
        { "TryRestart", JOB_TRY_RESTART, JOB_TRY_RESTART },
        { "ReloadOrRestart", JOB_RESTART, JOB_RELOAD_OR_START },
        { "ReloadOrTryRestart", JOB_TRY_RESTART, JOB_TRY_RELOAD },
};

static int find_mode(const char *mode) {
        for (size_t i = 0; i < enums_job_mode.n; i++)
                if (text_eq(enums_job_mode.names[i], mode))
                        return (int)i;
        return -EINVAL;
}

/* "systemctl stop" of what was never there is a mistake, not a success. */
static bool is_nothing_to_stop(const BusRequest *q) {
        return q->type == JOB_STOP && q->unit->active == ACTIVE_INACTIVE &&
               (q->unit->load == LOAD_NOT_FOUND || q->unit->load == LOAD_ERROR ||
                q->unit->load == LOAD_BAD_SETTING);
}

static int make_job(Bus *b, const BusRequest *q, sd_bus_error *e, Job **ret) {
        _cleanup_(diag_done) Diag diag = { 0 };
        char sender[BUS_SENDER_MAX];
        int mode = find_mode(q->mode), r;

        if (mode < 0) {
                (void)sd_bus_error_setf(e, SD_BUS_ERROR_INVALID_ARGS, "%s is no mode for jobs",
                                        q->mode);
                return -EINVAL;
        }
        if (is_nothing_to_stop(q)) {
                (void)sd_bus_error_setf(e, BUS_NAME ".NoSuchUnit", "Unit %s not loaded.",
                                        q->unit->id);
                return -ENOENT;
        }
        r = transaction_run(b->setup.engine,
                            &(TransactionRequest){ .unit = q->unit,
                                                   .type = q->type,
                                                   .mode = (JobMode)mode,
                                                   .by_hand = true,
                                                   .asked_by = bus_sender(q->message, sender) },
                            &diag, ret);
        bus_log(b, q->unit, &diag);
        if (r == -EPERM && mode == JOB_MODE_ISOLATE && !q->unit->settings.allow_isolate)
                (void)sd_bus_error_setf(
                        e, BUS_NAME ".NoIsolation",
                        "Operation refused, unit %s may not be isolated (AllowIsolate=no).",
                        q->unit->id);
        else if (r < 0)
                (void)bus_error(e, r, &diag);
        if (r < 0)
                return r;
        (*ret)->kept = true;
        r = b->setup.ops->record ? b->setup.ops->record(q->unit, b->setup.userdata) : 0;
        if (r < 0)
                (void)bus_error(e, r, NULL);
        return MIN_OF(r, 0);
}

static int request(Bus *b, const BusRequest *q, sd_bus_error *e) {
        char path[64];
        Job *j;
        int r = make_job(b, q, e, &j);

        if (r < 0)
                return r;
        bus_job_path(j, path);
        return sd_bus_reply_method_return(q->message, "o", path);
}

int bus_request_start(Bus *b, Unit *u, const char *mode, sd_bus_message *m, sd_bus_error *e) {
        return request(b, &(BusRequest){ u, JOB_START, mode, m }, e);
}

int bus_request_named(Bus *b, Unit *u, sd_bus_message *m, sd_bus_error *e) {
        const char *rest, *mode;
        int r = sd_bus_message_read(m, "s", &mode);

        if (r < 0)
                return r;
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                bool reload = unit_can_reload(u, b->setup.engine->userdata);

                rest = text_after(sd_bus_message_get_member(m), names[i].name);
                if (rest && (text_eq(rest, "") || text_eq(rest, "Unit")))
                        return request(b,
                                       &(BusRequest){ u,
                                                      reload ? names[i].reloading : names[i].type,
                                                      mode, m },
                                       e);
        }
        return -EINVAL;
}

int bus_manager_job(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        Unit *u;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_load_unit(t->bus, name, e, &u);
        return r < 0 ? r : bus_request_named(t->bus, u, m, e);
}

/* ---- EnqueueUnitJob: says what else comes along ---- */

static int append_job(const Job *j, sd_bus_message *reply, bool with_state) {
        _cleanup_free_ char *unit = bus_unit_path(j->unit);
        char path[64];

        if (!unit)
                return -ENOMEM;
        bus_job_path(j, path);
        return with_state ? sd_bus_message_append(reply, "(usssoo)", j->id, j->unit->id,
                                                  job_type_name(j->type), job_state_name(j->state),
                                                  path, unit)
                          : sd_bus_message_append(reply, "(uosos)", j->id, path, j->unit->id, unit,
                                                  job_type_name(j->type));
}

static int reply_enqueued(Bus *b, const Job *j, uint32_t before, sd_bus_message *m) {
        _cleanup_free_ char *unit = bus_unit_path(j->unit);
        sd_bus_message *reply = NULL;
        char path[64];
        int r = sd_bus_message_new_method_return(m, &reply);

        bus_job_path(j, path);
        if (r >= 0)
                r = sd_bus_message_append(reply, "uosos", j->id, path, j->unit->id, unit,
                                          job_type_name(j->type));
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "(uosos)");
        for (const Job *other = b->setup.engine->jobs; other && r >= 0; other = other->next)
                if (other != j && other->id > before)
                        r = append_job(other, reply, false);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

int bus_manager_enqueue(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name, *type_text, *mode;
        uint32_t before = t->bus->setup.engine->last_id;
        Unit *u;
        Job *j;
        int type, r = sd_bus_message_read(m, "sss", &name, &type_text, &mode);

        if (r < 0)
                return r;
        type = job_type_from_name(type_text);
        if (type < 0)
                return sd_bus_error_setf(e, SD_BUS_ERROR_INVALID_ARGS, "%s is no type of job",
                                         type_text);
        r = bus_load_unit(t->bus, name, e, &u);
        if (r >= 0)
                r = make_job(t->bus, &(BusRequest){ u, (JobType)type, mode, m }, e, &j);
        return r < 0 ? r : reply_enqueued(t->bus, j, before, m);
}

/* ---- jobs that are there ---- */

int bus_manager_list_jobs(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(m, &reply);

        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "(usssoo)");
        for (const Job *j = t->bus->setup.engine->jobs; j && r >= 0; j = j->next)
                r = append_job(j, reply, true);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static int find_job(BusTarget *t, sd_bus_message *m, sd_bus_error *e, Job **ret) {
        uint32_t id;
        int r = sd_bus_message_read(m, "u", &id);

        if (r < 0)
                return r;
        *ret = engine_find_job(t->bus->setup.engine, id);
        if (*ret)
                return 0;
        (void)sd_bus_error_setf(e, BUS_NAME ".NoSuchJob", "Job %u does not exist.", id);
        return -ENOENT;
}

int bus_manager_get_job(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        char path[64];
        Job *j;
        int r = find_job(t, m, e, &j);

        if (r < 0)
                return r;
        bus_job_path(j, path);
        return sd_bus_reply_method_return(m, "o", path);
}

int bus_manager_cancel_job(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        char sender[BUS_SENDER_MAX];
        Job *j;
        int r = find_job(t, m, e, &j);

        if (r < 0)
                return r;
        unit_story_setf(j->unit, STORY_OUTCOME, "the %s was canceled by %s", job_type_name(j->type),
                        bus_sender(m, sender));
        job_queue_cancel(t->bus->setup.engine, j);
        return sd_bus_reply_method_return(m, NULL);
}

int bus_manager_clear_jobs(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        while (t->bus->setup.engine->jobs)
                job_queue_cancel(t->bus->setup.engine, t->bus->setup.engine->jobs);
        return sd_bus_reply_method_return(m, NULL);
}

/* ---- signals and failures ---- */

/* Who ends a unit behind its back is worth to be known afterwards. */
static void tell_kill(const Bus *b, Unit *u, int number, sd_bus_message *m) {
        const EngineHooks *hooks = b->setup.engine->hooks;
        char sender[BUS_SENDER_MAX], name[SIGNAL_NAME_MAX];

        if (number != SIGKILL && number != SIGTERM && number != SIGINT && number != SIGQUIT &&
            number != SIGABRT)
                return;
        unit_story_setf(u, STORY_OUTCOME, "%s was sent by %s", signal_name_format(number, name),
                        bus_sender(m, sender));
        if (hooks->told)
                hooks->told(u, b->setup.engine->userdata);
}

int bus_kill_unit(Bus *b, Unit *u, sd_bus_message *m, sd_bus_error *e) {
        static const struct {
                const char *name;
                BusWhom whom;
                bool must; /* no process is an error */
        } whoms[] = {
                { "all", BUS_WHOM_ALL, false },        { "all-fail", BUS_WHOM_ALL, true },
                { "main", BUS_WHOM_MAIN, true },       { "main-fail", BUS_WHOM_MAIN, true },
                { "control", BUS_WHOM_CONTROL, true }, { "control-fail", BUS_WHOM_CONTROL, true },
                { "", BUS_WHOM_ALL, false },
        };
        const char *text;
        int32_t number;
        int r = sd_bus_message_read(m, "si", &text, &number);

        if (r < 0)
                return r;
        if (number < 1 || number >= _NSIG)
                return sd_bus_error_setf(e, SD_BUS_ERROR_INVALID_ARGS, "%d is no signal", number);
        for (size_t i = 0; i < ARRAY_SIZE(whoms); i++) {
                if (!text_eq(whoms[i].name, text))
                        continue;
                r = b->setup.ops->kill
                            ? b->setup.ops->kill(u, whoms[i].whom, number, b->setup.userdata)
                            : -EOPNOTSUPP;
                if (r >= 0)
                        tell_kill(b, u, number, m);
                if (r == -ESRCH && !whoms[i].must)
                        r = 0;
                return r < 0 ? bus_error(e, r, NULL) : sd_bus_reply_method_return(m, NULL);
        }
        return sd_bus_error_setf(e, SD_BUS_ERROR_INVALID_ARGS,
                                 "\"%s\" is none of all, main, control", text);
}

int bus_manager_kill(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        Unit *u;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_find_unit(t->bus, name, e, &u);
        return r < 0 ? r : bus_kill_unit(t->bus, u, m, e);
}

int bus_reset_failed(Bus *b, Unit *u, sd_bus_message *m) {
        unit_notify_reset_failed(b->setup.engine, u);
        return sd_bus_reply_method_return(m, NULL);
}

int bus_manager_reset_failed_unit(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        Unit *u;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_find_unit(t->bus, name, e, &u);
        return r < 0 ? r : bus_reset_failed(t->bus, u, m);
}

int bus_manager_reset_failed(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        REGISTRY_FOREACH(u, t->bus->setup.engine->registry)
        unit_notify_reset_failed(t->bus->setup.engine, u);
        return sd_bus_reply_method_return(m, NULL);
}
