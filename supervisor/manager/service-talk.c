/*
 * The talk with the svexec that is starting, supervisor/exec/protocol.h. svinit keeps our end, so
 * that the next manager hears what this one did not.
 *
 * A report is dropped from the socket when what it says is in the record. Who sent it is told by
 * the kernel, for a manager that died before it had noted the process.
 */
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "supervisor/manager/service.h"
#include "supervisor/manager/talk.h"

/* ---- opening and closing ---- */

static int on_report(sd_event_source *source, int fd, uint32_t events, void *userdata);

int service_talk_attach(Service *s, int fd) {
        int r = sd_event_add_io(s->manager->event, &s->source, fd, EPOLLIN, on_report, s);

        if (r < 0)
                return r;
        s->talk = fd;
        return 0;
}

void service_talk_close(Service *s) {
        s->source = sd_event_source_disable_unref(s->source);
        fd_close(TAKE_FD(s->talk));
        if (s->talk_id != 0) {
                link_remove(&s->manager->link, s->talk_id);
                service_mark(s);
        }
        s->talk_id = 0;
}

int service_talk_open(Service *s) {
        _cleanup_fd_ int ours = -EBADF, theirs = -EBADF;
        int r;

        service_talk_drain(s);
        service_talk_close(s);
        r = talk_pair(&ours, &theirs);
        if (r >= 0)
                r = link_store(&s->manager->link, ours, s->unit->id, &s->talk_id);
        if (r >= 0)
                r = service_talk_attach(s, ours);
        if (r < 0)
                return r;
        s->executed = false;
        TAKE_FD(ours);
        return TAKE_FD(theirs);
}

/* ---- what a run keeps ---- */

static void keep(Service *s, unsigned which, int fd) {
        ServiceFd *k;

        if (!s->kept)
                s->kept = calloc(EXEC_KEPT_COUNT, sizeof(ServiceFd));
        if (!s->kept) {
                fd_close(fd);
                return;
        }
        k = &s->kept[which];
        if (k->id != 0) {
                link_remove(&s->manager->link, k->id);
                fd_close(k->fd);
        }
        *k = (ServiceFd){ .fd = fd };
        if (link_store(&s->manager->link, fd, s->unit->id, &k->id) < 0) {
                manager_say(s->unit, "svinit has no room for what its run keeps");
                k->fd = -EBADF;
                fd_close(fd);
        }
}

void service_talk_keep(Service *s, TalkMessage *h) {
        size_t n = 0;

        for (unsigned i = 0; i < EXEC_KEPT_COUNT && n < h->n_fds; i++)
                if (h->report.kept >> i & 1)
                        keep(s, i, h->fds[n++]);
        for (; n < h->n_fds; n++)
                fd_close(h->fds[n]);
}

void service_talk_forget(Service *s) {
        for (size_t i = 0; s->kept && i < EXEC_KEPT_COUNT; i++) {
                if (s->kept[i].id == 0)
                        continue;
                link_remove(&s->manager->link, s->kept[i].id);
                fd_close(s->kept[i].fd);
        }
        free(s->kept);
        s->kept = NULL;
        s->run_id[0] = '\0';
}

/* ---- reports ---- */

int service_talk_without(Service *s, const char *what) {
        StrBuf b = { 0 };
        char *all;
        int r;

        if (s->without)
                strbuf_addf(&b, "%s ", s->without);
        strbuf_add(&b, what);
        r = strbuf_take(&b, &all);
        if (r < 0)
                return r;
        free(s->without);
        s->without = all;
        service_mark(s);
        return 0;
}

static void take_failed(Service *s, const ExecReport *r) {
        if (text_is_empty(r->without) || service_talk_without(s, r->without) < 0) {
                service_past_blame(s, "%s%s%s", r->directive, *r->directive ? "=: " : "", r->text);
                return;
        }
        manager_say(s->unit, "%s%s%s", r->directive, *r->directive ? "=: " : "", r->text);
        s->again = true;
}

/* Remarks are said; what is not had is kept, too. */
static void take_words(Service *s, ExecReport *r) {
        for (char *rest = r->text, *line; (line = strsep(&rest, "\n"));)
                if (*line)
                        manager_say(s->unit, "%s", line);
        if (s->state != SUB_START)
                return;
        s->enforced[LEFT_BY_EXECUTOR] = r->enforced;
        service_left_take(s, LEFT_BY_EXECUTOR, r->left);
}

static void take(Service *s, TalkMessage *h) {
        /* the manager that made it may have died before it had noted that */
        if (service_command_is_main(s) && s->main == 0 && h->pid > 0)
                service_past_begin(s, h->pid, true);
        else if (!service_command_is_main(s) && s->control == 0 && s->main != h->pid && h->pid > 0)
                service_past_begin(s, h->pid, false);
        if (h->report.type == EXEC_FINISHED) {
                service_talk_keep(s, h);
                if (h->report.run_id[0] == '\0')
                        service_talk_forget(s);
                return;
        }
        if (h->report.type == EXEC_READY) {
                service_talk_keep(s, h);
                snprintf(s->run_id, sizeof(s->run_id), "%s", h->report.run_id);
                s->executed = true;
                take_words(s, &h->report);
                return;
        }
        service_talk_keep(s, h);
        s->executed = false;
        take_failed(s, &h->report);
}

/* Returns whether there was something to hear; at the end of the socket it is closed. */
static bool listen_once(Service *s) {
        TalkMessage h;
        int r = s->talk >= 0 ? talk_hear(s->talk, &h) : -EBADF;

        if (r <= 0) {
                if (r == 0)
                        service_talk_close(s);
                return false;
        }
        take(s, &h);
        service_mark(s);
        (void)manager_flush(s->manager);
        talk_drop(s->talk);
        return true;
}

void service_talk_drain(Service *s) {
        while (listen_once(s))
                continue;
}

/* The end of the socket after the report is that of svexec, as a program. Type=simple waits for
 * that, too: the commands that follow need to know the run, and a sandbox that cannot be made is no
 * start.
 */
bool service_talk_says_up(const Service *s) {
        bool waits = s->settings.type == SERVICE_SIMPLE || s->settings.type == SERVICE_EXEC ||
                     s->settings.type == SERVICE_IDLE;

        return waits && s->state == SUB_START && s->executed && s->talk < 0;
}

static int on_report(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Service *s = userdata;

        service_talk_drain(s);
        if (service_talk_says_up(s))
                service_event(s, EVENT_READY);
        return 0;
}
