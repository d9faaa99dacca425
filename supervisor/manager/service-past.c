/*
 * What a service's commands have come to, for those who ask afterwards: pid, times and status of
 * each that was run, and in words why the service is not well. All of it is forgotten when the
 * service is started the next time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "supervisor/manager/service.h"

/* ---- commands ---- */

static ServicePast *find(Service *s, const ServicePast *like) {
        for (size_t i = 0; i < s->n_past; i++)
                if (s->past[i].state == like->state && s->past[i].index == like->index)
                        return &s->past[i];
        return NULL;
}

static void put(Service *s, const ServicePast *past) {
        ServicePast *p = find(s, past);

        if (!p && ARRAY_GROW(s->past, s->n_past) < 0)
                return;
        if (!p)
                p = &s->past[s->n_past++];
        *p = *past;
}

void service_past_main(Service *s, pid_t pid) {
        s->main = pid;
        s->main_code = s->main_status = 0;
        s->exec_pid = pid;
        s->exec_begin = pid > 0 ? clock_now() : 0;
        s->exec_end = 0;
}

void service_past_begin(Service *s, pid_t pid, bool is_main) {
        const char *list = service_command_list((ServiceState)s->state);
        ServicePast past = { .state = list ? s->state : SUB_START,
                             .index = list ? s->command : 0,
                             .pid = pid,
                             .begin = clock_now() };

        if (is_main) {
                service_past_main(s, pid);
                past.begin = s->exec_begin;
        } else
                s->control = pid;
        if (s->state != SUB_CLEANING)
                put(s, &past);
}

void service_past_end(Service *s, const LinkStatus *status) {
        uint64_t now = clock_now();

        if (s->exec_pid == status->pid)
                s->exec_end = now;
        for (size_t i = 0; i < s->n_past; i++) {
                ServicePast *p = &s->past[i];

                if (p->pid != status->pid || p->code != 0)
                        continue;
                p->end = now;
                p->code = status->code;
                p->status = status->status;
        }
}

void service_past_forget(Service *s) {
        free(s->past);
        s->past = NULL;
        s->n_past = 0;
        free(s->failure);
        s->failure = NULL;
        s->exec_pid = 0;
        s->exec_begin = s->exec_end = 0;
}

/* ---- failures ---- */

void service_past_blame(Service *s, const char *format, ...) {
        char text[1024];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof(text), format, ap);
        va_end(ap);
        text_mask_control(text);
        manager_say(s->unit, "%s", text);
        if (s->result != RESULT_SUCCESS || s->failure)
                return;
        s->failure = strdup(text);
        service_mark(s);
}

void service_past_pardon(Service *s) {
        if (s->result != RESULT_SUCCESS)
                return;
        free(s->failure);
        s->failure = NULL;
}

/* ---- records ---- */

void service_past_write(const Service *s, StrBuf *b) {
        record_add(b, "Failure", s->failure);
        for (size_t i = 0; i < s->n_past; i++) {
                const ServicePast *p = &s->past[i];

                strbuf_addf(b, "Past=%s %" PRIu32 " %d %" PRIu64 " %" PRIu64 " %d %d\n",
                            service_fsm_name((ServiceState)p->state), p->index, (int)p->pid,
                            p->begin, p->end, p->code, p->status);
        }
}

static void read_line(Service *s, const char *line) {
        _cleanup_free_ char *copy = strdup(line);
        char *rest = copy, *word = strsep(&rest, " ");
        int state = word ? service_fsm_from_name(word) : -EINVAL;
        ServicePast past;

        if (state < 0)
                return;
        past = (ServicePast){ .state = (uint8_t)state };
        past.index = (uint32_t)record_next_number(&rest);
        past.pid = (pid_t)record_next_number(&rest);
        past.begin = record_next_number(&rest);
        past.end = record_next_number(&rest);
        past.code = (int)record_next_number(&rest);
        past.status = (int)record_next_number(&rest);
        put(s, &past);
}

void service_past_read(Service *s, const Record *r) {
        const char *failure = record_get(r, "Failure"), *line;

        s->failure = failure ? strdup(failure) : NULL;
        for (size_t at = 0; (line = record_next(r, "Past", &at));)
                read_line(s, line);
}
