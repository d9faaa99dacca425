/*
 * HealthCheck=: commands that run inside the sandbox of a service that is up, now and then, and
 * whose failures in a row end it. systemd has no such thing, so svalinn.directives(7) is the
 * manual.
 *
 * A check is a process beside the main and the control process, with a socket and a control group
 * of its own, in which nothing outlives it; there is never a second one. It is begun only while
 * nothing else is being done with the service, goes on during a reload, and is killed when the
 * service stops. Its deadline is in the record, and so is its process before anybody can miss it:
 * the order is that of service-command.c.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "supervisor/manager/service.h"
#include "supervisor/manager/talk.h"

#define DIRECTIVE "HealthCheck"

static bool is_up(const Service *s) {
        return s->state == SUB_RUNNING || s->state == SUB_RELOAD || s->state == SUB_RELOAD_SIGNAL ||
               s->state == SUB_RELOAD_NOTIFY;
}

static uint64_t in(uint64_t span) {
        uint64_t now = clock_now();

        return span >= CLOCK_FOREVER - now ? CLOCK_FOREVER : now + span;
}

/* The check, and all that it has made. */
static void kill_it(const Service *s) {
        char path[PATH_MAX];

        if (!s->group)
                return;
        snprintf(path, sizeof(path), "%s/" SERVICE_HEALTH_GROUP, s->group);
        (void)group_kill(&s->manager->groups, path);
}

/* ---- what a check came to ---- */

static void fail_once(Service *s) {
        ServiceHealth *h = &s->health;

        if (clock_now() < h->start_end)
                return;
        h->failures++;
        manager_say(s->unit, "its health check has failed, %u of %u in a row",
                    (unsigned)h->failures, (unsigned)s->settings.health_retries);
        if (h->failures < s->settings.health_retries)
                return;
        h->at = CLOCK_FOREVER;
        service_past_blame(s, "its HealthCheck= has failed %u times in a row",
                           (unsigned)h->failures);
        service_set_result(s, RESULT_HEALTH);
        service_event(s, EVENT_UNHEALTHY);
}

static void end_check(Service *s, bool well) {
        ServiceHealth *h = &s->health;

        h->runs = h->killed = false;
        h->command = 0;
        h->checked = clock_now();
        h->at = in(s->settings.health_interval);
        service_mark(s);
        service_drop_config(s);
        if (!well) {
                fail_once(s);
                return;
        }
        h->failures = 0;
        h->start_end = 0; /* it has started */
}

/* ---- the socket ---- */

static void close_talk(Service *s) {
        ServiceHealth *h = &s->health;

        h->source = sd_event_source_disable_unref(h->source);
        fd_close(TAKE_FD(h->talk));
        if (h->talk_id == 0)
                return;
        link_remove(&s->manager->link, h->talk_id);
        h->talk_id = 0;
        service_mark(s);
}

static void take(Service *s, TalkMessage *m) {
        ServiceHealth *h = &s->health;
        bool failed = m->report.type == EXEC_FAILED;

        /* the manager that made it may have died before it had noted that */
        if (h->pid == 0 && m->pid > 0)
                h->pid = m->pid;
        service_talk_keep(s, m);
        if (failed)
                manager_say(s->unit, "its health check cannot be run: %s%s%s", m->report.directive,
                            *m->report.directive ? "=: " : "", m->report.text);
        h->again = failed && !text_is_empty(m->report.without) &&
                   service_talk_without(s, m->report.without) >= 0;
        if (!is_up(s))
                kill_it(s);
}

static void drain(Service *s) {
        ServiceHealth *h = &s->health;

        while (h->talk >= 0) {
                TalkMessage m;
                int r = talk_hear(h->talk, &m);

                if (r == 0)
                        close_talk(s);
                if (r <= 0)
                        return;
                take(s, &m);
                service_mark(s);
                (void)manager_flush(s->manager);
                talk_drop(h->talk);
        }
}

static int on_report(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        drain(userdata);
        return 0;
}

static int attach(Service *s, int fd) {
        int r = sd_event_add_io(s->manager->event, &s->health.source, fd, EPOLLIN, on_report, s);

        if (r >= 0)
                s->health.talk = fd;
        return r;
}

static int open_talk(Service *s) {
        _cleanup_fd_ int ours = -EBADF, theirs = -EBADF;
        int r;

        drain(s);
        close_talk(s);
        r = talk_pair(&ours, &theirs);
        if (r >= 0)
                r = link_store(&s->manager->link, ours, s->unit->id, &s->health.talk_id);
        if (r >= 0)
                r = attach(s, ours);
        if (r < 0)
                return r;
        TAKE_FD(ours);
        return TAKE_FD(theirs);
}

/* ---- a check ---- */

static const CommandList *commands(Service *s) {
        const Config *c = service_config(s);

        return c ? &c->health_check : NULL;
}

static void run(Service *s) {
        ServiceHealth *h = &s->health;
        _cleanup_fd_ int theirs = open_talk(s);
        int r = theirs;

        h->runs = true;
        h->again = false;
        if (r >= 0)
                r = service_command_spawn(s, DIRECTIVE, h->command, theirs);
        if (r >= 0) {
                h->pid = r;
                service_mark(s);
                return;
        }
        manager_say(s->unit, "its health check cannot be run: %s", strerror(-r));
        close_talk(s);
        end_check(s, false);
}

static void begin_check(Service *s) {
        ServiceHealth *h = &s->health;
        const CommandList *l = commands(s);

        if (!l || l->n == 0) { /* the files were changed */
                end_check(s, true);
                return;
        }
        h->command = 0;
        h->at = in(s->settings.health_timeout);
        run(s);
}

bool service_health_ended(Service *s, const LinkStatus *status) {
        ServiceHealth *h = &s->health;
        const CommandList *l;
        bool well = status->code == CLD_EXITED && status->status == 0 && !h->killed;

        if (status->pid <= 0 || status->pid != h->pid)
                return false;
        drain(s);
        close_talk(s);
        h->pid = 0;
        service_mark(s);
        kill_it(s); /* what it left */
        if (!is_up(s)) {
                h->runs = false;
                service_group_changed(s); /* a stop may have waited for it */
                return true;
        }
        l = commands(s);
        if (h->again && !h->killed)
                run(s);
        else if (!l || h->command >= l->n)
                end_check(s, false);
        else if (!well && (h->killed || !l->items[h->command].ignore_failure)) {
                manager_say(s->unit, "its health check has ended with %s %d",
                            status->code == CLD_EXITED ? "status" : "signal", status->status);
                end_check(s, false);
        } else if (h->command + 1 < l->n) {
                h->command++;
                run(s);
        } else
                end_check(s, true);
        return true;
}

static void time_out(Service *s) {
        ServiceHealth *h = &s->health;

        h->at = in(s->settings.health_interval);
        service_mark(s);
        if (h->killed) { /* SIGKILL has no effect on it: as bad as one that failed */
                fail_once(s);
                return;
        }
        manager_say(s->unit, "its health check takes too long");
        h->killed = true;
        (void)manager_flush(s->manager);
        kill_it(s);
        if (h->pid == 0) /* it was never made */
                end_check(s, false);
}

/* ---- from outside ---- */

void service_health_begin(Service *s) {
        ServiceHealth *h = &s->health;

        if (s->settings.health_retries == 0 || h->at != CLOCK_FOREVER || h->runs)
                return;
        h->start_end = in(s->settings.health_start);
        h->at = in(s->settings.health_interval);
}

void service_health_follow(Service *s) {
        ServiceHealth *h = &s->health;

        if (is_up(s) || (h->at == CLOCK_FOREVER && !h->runs))
                return;
        h->at = CLOCK_FOREVER;
        h->runs = h->pid > 0;
        close_talk(s);
        kill_it(s);
}

void service_health_forget(Service *s) {
        close_talk(s);
        s->health = SERVICE_HEALTH_NONE;
}

void service_health_expire(Service *s, uint64_t now) {
        ServiceHealth *h = &s->health;

        if (h->at > now)
                return;
        if (h->runs)
                time_out(s);
        else if (s->state == SUB_RUNNING)
                begin_check(s);
        else {
                h->at = in(s->settings.health_interval);
                service_mark(s);
        }
}

void service_health_resume(Service *s) {
        ServiceHealth *h = &s->health;
        int fd = h->talk_id ? link_take_fd(&s->manager->link, h->talk_id) : -EBADF;

        if (fd >= 0 && attach(s, fd) < 0)
                fd_close(fd);
        drain(s);
        if (!is_up(s)) {
                service_health_follow(s);
                return;
        }
        if (h->runs && h->pid == 0 && h->talk < 0) /* made by nobody */
                run(s);
        else if (s->state == SUB_RUNNING)
                service_health_begin(s);
}

const char *service_health_name(const Service *s) {
        const ServiceHealth *h = &s->health;

        if (s->settings.health_retries == 0 || !is_up(s))
                return s->result == RESULT_HEALTH ? "unhealthy" : NULL;
        if (h->failures > 0)
                return "failing";
        return h->start_end == 0 ? "healthy" : "starting";
}
