/*
 * The talk with the svexec that is starting, supervisor/exec/protocol.h. svinit keeps our end, so
 * that the next manager hears what this one did not.
 *
 * A report is dropped from the socket when what it says is in the record. Who sent it is told by
 * the kernel, for a manager that died before it had noted the process.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/text.h"
#include "supervisor/manager/service.h"

typedef struct Heard {
        ExecReport report;
        pid_t pid;
        int fds[EXEC_KEPT_COUNT];
        size_t n_fds;
} Heard;

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
        int ends[2], r;

        service_talk_drain(s);
        service_talk_close(s);
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
                return -errno;
        ours = ends[0];
        theirs = ends[1];
        if (setsockopt(ours, SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)) < 0)
                return -errno;
        r = link_store(&s->manager->link, ours, s->unit->id, &s->talk_id);
        if (r >= 0)
                r = service_talk_attach(s, ours);
        if (r < 0)
                return r;
        s->executed = false;
        TAKE_FD(ours);
        return TAKE_FD(theirs);
}

/* ---- hearing ---- */

static void take_control(struct msghdr *h, Heard *ret) {
        for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
                if (c->cmsg_level != SOL_SOCKET)
                        continue;
                if (c->cmsg_type == SCM_RIGHTS) {
                        ret->n_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                        memcpy(ret->fds, CMSG_DATA(c), ret->n_fds * sizeof(int));
                } else if (c->cmsg_type == SCM_CREDENTIALS) {
                        struct ucred who;

                        memcpy(&who, CMSG_DATA(c), sizeof(who));
                        ret->pid = who.pid;
                }
        }
}

/* Returns 1; 0 at the end of the socket; negative errno. */
static int hear(int fd, Heard *ret) {
        union {
                struct cmsghdr align;
                char data[CMSG_SPACE(sizeof(struct ucred)) +
                          CMSG_SPACE(sizeof(int) * EXEC_KEPT_COUNT)];
        } control;
        struct iovec part = { .iov_base = &ret->report, .iov_len = sizeof(ret->report) };
        struct msghdr h = { .msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = &control,
                            .msg_controllen = sizeof(control) };
        ssize_t n = recvmsg(fd, &h, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

        if (n < 0)
                return -errno;
        ret->n_fds = 0;
        ret->pid = 0;
        take_control(&h, ret);
        if (n > 0 && (size_t)n != sizeof(ret->report)) {
                for (size_t i = 0; i < ret->n_fds; i++)
                        fd_close(ret->fds[i]);
                return 0; /* not svexec's words: as a crash */
        }
        ret->report.run_id[sizeof(ret->report.run_id) - 1] = '\0';
        ret->report.directive[sizeof(ret->report.directive) - 1] = '\0';
        ret->report.without[sizeof(ret->report.without) - 1] = '\0';
        ret->report.text[sizeof(ret->report.text) - 1] = '\0';
        return n > 0;
}

static void drop(int fd) {
        char byte;

        (void)recv(fd, &byte, sizeof(byte), MSG_DONTWAIT);
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

static void keep_all(Service *s, Heard *h) {
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

static void take_failed(Service *s, const ExecReport *r) {
        StrBuf b = { 0 };

        if (text_is_empty(r->without)) {
                manager_say(s->unit, "%s%s%s", r->directive, *r->directive ? "=: " : "", r->text);
                return;
        }
        manager_say(s->unit, "%s", r->text);
        if (s->without)
                strbuf_addf(&b, "%s ", s->without);
        strbuf_add(&b, r->without);
        free(s->without);
        s->without = NULL;
        if (strbuf_take(&b, &s->without) >= 0)
                s->again = true;
}

static void take(Service *s, Heard *h) {
        /* the manager that made it may have died before it had noted that */
        if (service_command_is_main(s) && s->main == 0 && h->pid > 0)
                s->main = h->pid;
        else if (!service_command_is_main(s) && s->control == 0 && s->main != h->pid && h->pid > 0)
                s->control = h->pid;
        if (h->report.type == EXEC_FINISHED) {
                keep_all(s, h);
                if (h->report.run_id[0] == '\0')
                        service_talk_forget(s);
                return;
        }
        if (h->report.type == EXEC_READY) {
                keep_all(s, h);
                snprintf(s->run_id, sizeof(s->run_id), "%s", h->report.run_id);
                s->executed = true;
                for (char *rest = h->report.text, *line; (line = strsep(&rest, "\n"));)
                        if (*line)
                                manager_say(s->unit, "%s", line);
                return;
        }
        keep_all(s, h);
        s->executed = false;
        take_failed(s, &h->report);
}

/* Returns whether there was something to hear; at the end of the socket it is closed. */
static bool listen_once(Service *s) {
        Heard h;
        int r = s->talk >= 0 ? hear(s->talk, &h) : -EBADF;

        if (r <= 0) {
                if (r == 0)
                        service_talk_close(s);
                return false;
        }
        take(s, &h);
        service_mark(s);
        (void)manager_flush(s->manager);
        drop(s->talk);
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
