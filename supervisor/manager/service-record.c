/*
 * A service in its record, and back. What is not in here follows from the rest: settings from the
 * files, descriptors from svinit.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/number.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/service.h"

/* Plain numbers, by their names in the record. */
typedef struct Number {
        const char *key;
        size_t offset;
        size_t size;
} Number;

#define NUMBER(key, field) \
        { key, offsetof(Service, field), sizeof(((Service *)NULL)->field) }

static const Number numbers[] = {
        NUMBER("MainPid", main),
        NUMBER("ControlPid", control),
        NUMBER("MainCode", main_code),
        NUMBER("MainStatus", main_status),
        NUMBER("ExecPid", exec_pid),
        NUMBER("ExecBegin", exec_begin),
        NUMBER("ExecEnd", exec_end),
        NUMBER("Command", command),
        NUMBER("Restarts", restarts),
        NUMBER("Watchdog", watchdog),
        NUMBER("ReloadBegin", reload_begin),
        NUMBER("OomKills", oom_kills),
        NUMBER("StatusErrno", status_errno),
        NUMBER("Talk", talk_id),
        NUMBER("HealthPid", health.pid),
        NUMBER("HealthTalk", health.talk_id),
        NUMBER("HealthCommand", health.command),
        NUMBER("HealthFailures", health.failures),
        NUMBER("HealthStartEnd", health.start_end),
        NUMBER("HealthChecked", health.checked),
        NUMBER("EnforcedByManager", enforced[LEFT_BY_MANAGER]),
        NUMBER("EnforcedByExecutor", enforced[LEFT_BY_EXECUTOR]),
};

/* Times and amounts, where "never" and "not known" are left out. */
static const Number times[] = {
        NUMBER("Deadline", deadline),
        NUMBER("RuntimeEnd", runtime_end),
        NUMBER("WatchdogAt", watchdog_at),
        NUMBER("PidFileAt", pid_file_at),
        NUMBER("HealthAt", health.at),
        NUMBER("MemoryPeak", usage.memory_peak),
        NUMBER("CpuNanoseconds", usage.cpu_ns),
        NUMBER("IoReadBytes", usage.io_read_bytes),
        NUMBER("IoReadOperations", usage.io_read_operations),
        NUMBER("IoWriteBytes", usage.io_write_bytes),
        NUMBER("IoWriteOperations", usage.io_write_operations),
};

static uint64_t get(const Service *s, const Number *n) {
        uint32_t half;
        uint64_t whole;

        if (n->size == sizeof(whole)) {
                memcpy(&whole, (const char *)s + n->offset, sizeof(whole));
                return whole;
        }
        memcpy(&half, (const char *)s + n->offset, sizeof(half));
        return half;
}

static void put(Service *s, const Number *n, uint64_t value) {
        uint32_t half = (uint32_t)value;

        if (n->size == sizeof(value))
                memcpy((char *)s + n->offset, &value, sizeof(value));
        else
                memcpy((char *)s + n->offset, &half, sizeof(half));
}

/* ---- writing ---- */

static void write_flags(const Service *s, StrBuf *b) {
        strbuf_add(b, "Flags=");
        strbuf_add(b, s->acted ? "acted " : "");
        strbuf_add(b, s->executed ? "executed " : "");
        strbuf_add(b, s->again ? "again " : "");
        strbuf_add(b, s->forbid_restart ? "forbid-restart " : "");
        strbuf_add(b, s->restarting ? "restarting " : "");
        strbuf_add(b, s->waits_idle ? "waits-idle " : "");
        strbuf_add(b, s->says_reloading ? "says-reloading " : "");
        strbuf_add(b, s->says_stopping ? "says-stopping " : "");
        strbuf_add(b, s->abandoned ? "abandoned " : "");
        strbuf_add(b, s->reload_failed ? "reload-failed " : "");
        strbuf_add(b, s->has_startup ? "has-startup " : "");
        strbuf_add(b, s->health.runs ? "health-runs " : "");
        strbuf_add(b, s->health.killed ? "health-killed " : "");
        strbuf_add(b, s->health.again ? "health-again " : "");
        strbuf_add_char(b, '\n');
}

static const char *const left_keys[SERVICE_LEFTS] = {
        [LEFT_BY_MANAGER] = "LeftByManager", [LEFT_BY_EXECUTOR] = "LeftByExecutor"
};

void service_record_write(const Service *s, StrBuf *b) {
        record_add(b, "State", service_fsm_name((ServiceState)s->state));
        record_add(b, "Result", service_settings_result_name((ServiceResult)s->result));
        for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
                record_add_number(b, numbers[i].key, get(s, &numbers[i]));
        for (size_t i = 0; i < ARRAY_SIZE(times); i++)
                if (get(s, &times[i]) != CLOCK_FOREVER)
                        record_add_number(b, times[i].key, get(s, &times[i]));
        service_past_write(s, b);
        write_flags(s, b);
        record_add(b, "Group", s->group);
        record_add(b, "Invocation", s->invocation);
        record_add(b, "Run", s->run_id);
        record_add(b, "Without", s->without);
        record_add(b, "Pids", s->pids);
        record_add(b, "StatusText", s->status_text);
        for (size_t by = 0; by < SERVICE_LEFTS; by++)
                STRV_FOREACH(line, s->left[by])
                        record_add(b, left_keys[by], *line);
        for (size_t i = 0; i < s->n_fds; i++)
                strbuf_addf(b, "%s=%" PRIu64 " %s\n", s->fds[i].polled ? "PolledFd" : "Fd",
                            s->fds[i].id, s->fds[i].name);
        for (size_t i = 0; s->kept && i < EXEC_KEPT_COUNT; i++)
                if (s->kept[i].id != 0)
                        strbuf_addf(b, "Kept=%" PRIu64 " %zu\n", s->kept[i].id, i);
}

/* ---- reading ---- */

static bool has_flag(const char *flags, const char *name) {
        size_t n = strlen(name);

        for (const char *at = flags; at && (at = strstr(at, name)); at += n)
                if ((at == flags || at[-1] == ' ') && at[n] == ' ')
                        return true;
        return false;
}

static void read_flags(Service *s, const char *flags) {
        s->acted = has_flag(flags, "acted");
        s->executed = has_flag(flags, "executed");
        s->again = has_flag(flags, "again");
        s->forbid_restart = has_flag(flags, "forbid-restart");
        s->restarting = has_flag(flags, "restarting");
        s->waits_idle = has_flag(flags, "waits-idle");
        s->says_reloading = has_flag(flags, "says-reloading");
        s->says_stopping = has_flag(flags, "says-stopping");
        s->abandoned = has_flag(flags, "abandoned");
        s->reload_failed = has_flag(flags, "reload-failed");
        s->has_startup = has_flag(flags, "has-startup");
        s->health.runs = has_flag(flags, "health-runs");
        s->health.killed = has_flag(flags, "health-killed");
        s->health.again = has_flag(flags, "health-again");
}

/* "ID REST" of a line, and the descriptor that svinit kept under that id. */
static const char *read_fd(Service *s, const char *line, ServiceFd *ret) {
        char number[32];
        size_t n = strcspn(line, " ");

        if (line[n] != ' ' || n >= sizeof(number))
                return NULL;
        snprintf(number, sizeof(number), "%.*s", (int)n, line);
        if (number_parse_u64(number, 10, &ret->id) < 0)
                return NULL;
        ret->fd = link_take_fd(&s->manager->link, ret->id);
        return ret->fd < 0 ? NULL : line + n + 1;
}

static void read_stored(Service *s, const Record *r, const char *key, bool polled) {
        const char *line, *name;
        size_t at = 0;

        while ((line = record_next(r, key, &at))) {
                ServiceFd f = { .polled = polled };

                name = read_fd(s, line, &f);
                if (!name || ARRAY_GROW(s->fds, s->n_fds) < 0)
                        continue;
                f.name = strdup(name);
                if (f.name)
                        s->fds[s->n_fds++] = f;
        }
}

static void read_kept(Service *s, const Record *r) {
        const char *line, *name;
        size_t at = 0;

        while ((line = record_next(r, "Kept", &at))) {
                ServiceFd f = { 0 };
                uint32_t which;

                name = read_fd(s, line, &f);
                if (!name || number_parse_u32(name, 10, &which) < 0 || which >= EXEC_KEPT_COUNT)
                        continue;
                if (!s->kept)
                        s->kept = calloc(EXEC_KEPT_COUNT, sizeof(ServiceFd));
                if (s->kept)
                        s->kept[which] = f;
        }
}

static int read_left(Service *s, const Record *r) {
        int e = 0;

        for (size_t by = 0; by < SERVICE_LEFTS; by++) {
                const char *line;

                for (size_t at = 0; e >= 0 && (line = record_next(r, left_keys[by], &at));)
                        e = strv_add(&s->left[by], line);
        }
        return e;
}

static int read_text(const Record *r, const char *key, char **ret) {
        const char *value = record_get(r, key);

        if (!value)
                return 0;
        *ret = strdup(value);
        return *ret ? 0 : -ENOMEM;
}

static void read_short(const Record *r, const char *key, char *ret, size_t size) {
        const char *value = record_get(r, key);

        snprintf(ret, size, "%s", value ? value : "");
}

int service_record_read(Service *s, const Record *r) {
        const char *name = record_get(r, "State"), *result = record_get(r, "Result");
        int state = name ? service_fsm_from_name(name) : -EINVAL, e = 0;

        if (state < 0)
                return -EINVAL;
        s->state = (uint8_t)state;
        state = result ? service_settings_result_from_name(result) : 0;
        s->result = (uint8_t)MAX_OF(state, 0);
        for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
                put(s, &numbers[i], record_number(r, numbers[i].key));
        for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
                uint64_t time = record_number(r, times[i].key);

                put(s, &times[i], time ? time : CLOCK_FOREVER);
        }
        service_past_read(s, r);
        read_flags(s, record_get(r, "Flags"));
        read_short(r, "Invocation", s->invocation, sizeof(s->invocation));
        read_short(r, "Run", s->run_id, sizeof(s->run_id));
        e = read_text(r, "Group", &s->group);
        if (e >= 0)
                e = read_text(r, "Without", &s->without);
        if (e >= 0)
                e = read_text(r, "Pids", &s->pids);
        if (e >= 0)
                e = read_text(r, "StatusText", &s->status_text);
        if (e >= 0)
                e = read_left(s, r);
        read_stored(s, r, "Fd", false);
        read_stored(s, r, "PolledFd", true);
        read_kept(s, r);
        return e;
}

/* ---- going on ---- */

/* The action that the state began with, as the table has it. */
static ServiceEvent act_anew(Service *s) {
        switch ((ServiceState)s->state) {
        case SUB_CONDITION:
        case SUB_START_PRE:
        case SUB_START_POST:
        case SUB_RELOAD:
        case SUB_STOP:
        case SUB_STOP_POST:
                return service_command_again(s);
        case SUB_START:
                return s->command > 0 ? service_command_again(s) : service_action(s, DO_MAIN);
        case SUB_RELOAD_SIGNAL:
                return service_action(s, DO_SIGNAL);
        case SUB_RELOAD_NOTIFY:
                return service_action(s, DO_AWAIT);
        case SUB_CLEANING:
                return service_action(s, DO_FINISH);
        case SUB_OVER:
                return service_action(s, DO_JUDGE);
        case SUB_STOP_WATCHDOG:
        case SUB_STOP_SIGTERM:
        case SUB_STOP_SIGKILL:
        case SUB_FINAL_WATCHDOG:
        case SUB_FINAL_SIGTERM:
        case SUB_FINAL_SIGKILL:
                return service_action(s, DO_KILL);
        case SUB_NOWHERE:
        case SUB_DEAD:
        case SUB_RUNNING:
        case SUB_EXITED:
        case SUB_FAILED:
        case SUB_AUTO_RESTART:
                break;
        }
        return EVENT_NONE;
}

/* A command whose socket has ended without a word, and whose process nobody saw, was never made. */
static bool was_never_made(const Service *s, bool had_talk) {
        bool is_main = service_command_is_main(s);

        return s->acted && !s->waits_idle && had_talk && s->talk < 0 && !s->executed &&
               (is_main ? s->main == 0 && s->main_code == 0 : s->control == 0);
}

void service_record_resume(Service *s) {
        bool had_talk = s->talk_id != 0;
        int fd = had_talk ? link_take_fd(&s->manager->link, s->talk_id) : -EBADF;

        service_notify_poll_fds(s);
        if (s->state == SUB_DEAD || s->state == SUB_FAILED)
                return;
        (void)service_need_settings(s);
        if (s->group && s->manager->groups.root >= 0) {
                s->watch = group_watch(&s->manager->groups, s->group, "cgroup.events");
                s->watch_memory = group_watch(&s->manager->groups, s->group, "memory.events");
        }
        if (fd >= 0 && service_talk_attach(s, fd) < 0)
                fd_close(fd);
        service_talk_drain(s);
        service_main_pid_watch(s);
        if (!s->acted || was_never_made(s, had_talk))
                service_event(s, act_anew(s));
        else if (service_talk_says_up(s))
                service_event(s, EVENT_READY);
        service_health_resume(s);
        if (service_fsm_active((ServiceState)s->state) == ACTIVE_ACTIVE)
                service_drop_config(s);
}
