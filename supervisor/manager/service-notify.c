/*
 * What a service says of itself, sd_notify(3), and which of its processes may (NotifyAccess=). All
 * of it may be told twice without harm: a manager that dies in the middle gets the message again.
 */
#include <inttypes.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "supervisor/manager/notify-message.h"
#include "supervisor/manager/notify-socket.h"
#include "supervisor/manager/service.h"

#define DEFAULT_NAME "stored"

static bool may(const Service *s, pid_t pid) {
        switch ((NotifyAccess)s->settings.notify_access) {
        case NOTIFY_ACCESS_UNSET:
        case NOTIFY_ACCESS_NONE:
                return false;
        case NOTIFY_ACCESS_MAIN:
                return pid == s->main;
        case NOTIFY_ACCESS_EXEC:
                return pid == s->main || pid == s->control;
        case NOTIFY_ACCESS_ALL:
                return true;
        }
        return false;
}

bool service_notify_may_store(Service *s, pid_t pid) {
        return service_need_settings(s) >= 0 && s->settings.fds_max > 0 && may(s, pid);
}

/* ---- descriptors ---- */

static uint64_t inode_of(int fd) {
        struct stat st;

        return fstat(fd, &st) < 0 ? 0 : st.st_ino;
}

/* A thousand of them are not unusual: the kernel is asked only where it is not plain. */
static bool is_stored(const Service *s, int fd, uint64_t inode) {
        pid_t self = getpid();

        for (size_t i = 0; i < s->n_fds; i++)
                if ((s->fds[i].inode == 0 || s->fds[i].inode == inode) &&
                    syscall(SYS_kcmp, self, self, KCMP_FILE, fd, s->fds[i].fd) == 0)
                        return true;
        return false;
}

static int on_hang_up(sd_event_source *source, int fd, uint32_t events, void *userdata);

/* Regular files and such cannot be polled, and have no other end. */
static void poll_fd(Service *s, ServiceFd *f) {
        if (f->polled)
                (void)sd_event_add_io(s->manager->event, &f->source, f->fd, 0, on_hang_up, s);
}

static int store(Service *s, int fd, const NotifyMessage *m) {
        ServiceFd f = { .fd = -EBADF, .inode = inode_of(fd), .polled = !m->fd_no_poll };
        int r = 0;

        if (is_stored(s, fd, f.inode))
                return 0;
        if (s->n_fds >= s->settings.fds_max || !link_has_room(&s->manager->link) ||
            ARRAY_GROW(s->fds, s->n_fds) < 0)
                return -ENOSPC;
        f.name = strdup(m->fd_name ? m->fd_name : DEFAULT_NAME);
        f.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (!f.name || f.fd < 0)
                r = -ENOMEM;
        if (r >= 0)
                r = link_store(&s->manager->link, fd, s->unit->id, &f.id);
        if (r < 0) {
                free(f.name);
                fd_close(f.fd);
                return r;
        }
        poll_fd(s, &f);
        s->fds[s->n_fds++] = f;
        return 0;
}

static void forget(Service *s, size_t i) {
        sd_event_source_disable_unref(s->fds[i].source);
        link_remove(&s->manager->link, s->fds[i].id);
        fd_close(s->fds[i].fd);
        free(s->fds[i].name);
        memmove(&s->fds[i], &s->fds[i + 1], (--s->n_fds - i) * sizeof(ServiceFd));
}

static int on_hang_up(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Service *s = userdata;

        for (size_t i = 0; i < s->n_fds; i++)
                if (s->fds[i].source == source) {
                        forget(s, i);
                        service_mark(s);
                        break;
                }
        return 0;
}

void service_notify_poll_fds(Service *s) {
        for (size_t i = 0; i < s->n_fds; i++)
                poll_fd(s, &s->fds[i]);
}

void service_notify_drop_fds(Service *s) {
        while (s->n_fds > 0)
                forget(s, s->n_fds - 1);
        free(s->fds);
        s->fds = NULL;
}

static void store_all(Service *s, const NotifyDatagram *d, const NotifyMessage *m) {
        for (size_t i = 0; i < d->n_fds; i++) {
                int r = store(s, d->fds[i], m);

                if (r >= 0)
                        continue;
                if (s->n_fds >= s->settings.fds_max)
                        manager_say(s->unit,
                                    "a descriptor that it wants kept is refused; "
                                    "FileDescriptorStoreMax= is %u",
                                    s->settings.fds_max);
                else
                        manager_say(s->unit, "a descriptor that it wants kept is refused: %s",
                                    r == -ENOSPC ? "svinit keeps as many as it can" : strerror(-r));
                return;
        }
}

static void take_descriptors(Service *s, const NotifyMessage *m, const NotifyDatagram *d) {
        if (m->fdstore_remove && m->fd_name) {
                for (size_t i = s->n_fds; i-- > 0;)
                        if (text_eq(s->fds[i].name, m->fd_name))
                                forget(s, i);
        } else if (m->fdstore)
                store_all(s, d, m);
}

/* ---- words ---- */

static void take_status(Service *s, const NotifyMessage *m) {
        char *text;

        if (m->error >= 0)
                s->status_errno = m->error;
        if (!m->status)
                return;
        text = *m->status ? strdup(m->status) : NULL;
        if (*m->status && !text)
                return;
        free(s->status_text);
        s->status_text = text ? text_mask_control(text) : NULL;
}

static void take_main(Service *s, pid_t pid) {
        if (pid == s->main)
                return;
        if (!s->group || !group_has(&s->manager->groups, s->group, pid)) {
                manager_say(s->unit, "MAINPID=%d is no process of it", (int)pid);
                return;
        }
        if (pid == s->control)
                return;
        service_past_main(s, pid);
        service_main_pid_watch(s);
}

static void take_watchdog(Service *s, const NotifyMessage *m) {
        uint64_t now = clock_now(), span;
        bool runs = service_fsm_active((ServiceState)s->state) == ACTIVE_ACTIVE ||
                    service_fsm_active((ServiceState)s->state) == ACTIVE_RELOADING ||
                    s->state == SUB_START || s->state == SUB_START_POST;

        if (m->has_watchdog_usec)
                s->watchdog = m->watchdog_usec;
        span = s->watchdog ? s->watchdog : s->settings.watchdog;
        if (!runs)
                return;
        if (m->watchdog_trigger)
                s->watchdog_at = now;
        else if ((m->watchdog || m->has_watchdog_usec) && span > 0 && span < CLOCK_FOREVER - now)
                s->watchdog_at = now + span;
}

static void extend(Service *s, uint64_t span) {
        uint64_t now = clock_now();

        if (span == 0 || s->deadline == CLOCK_FOREVER || s->waits_idle)
                return;
        s->deadline = MAX_OF(s->deadline, span < CLOCK_FOREVER - now ? now + span : CLOCK_FOREVER);
        if (s->state == SUB_RUNNING)
                s->runtime_end = s->deadline;
}

/* What the message means for the state. Said too early, it is remembered. */
static ServiceEvent event_of(Service *s, const NotifyMessage *m) {
        bool waits =
                s->settings.type == SERVICE_NOTIFY || s->settings.type == SERVICE_NOTIFY_RELOAD;
        bool starts = s->state == SUB_START || s->state == SUB_START_POST;

        if (m->stopping) {
                s->says_stopping = starts || s->state == SUB_RELOAD;
                return EVENT_STOPPING;
        }
        if (m->reloading) {
                /* an answer to our signal was sent after it */
                if (s->state == SUB_RELOAD_SIGNAL && m->monotonic_usec != 0 &&
                    m->monotonic_usec < s->reload_begin)
                        return EVENT_NONE;
                s->says_reloading = s->state == SUB_START_POST;
                return EVENT_RELOADING;
        }
        if (!m->ready)
                return EVENT_NONE;
        s->says_reloading = false;
        if (s->state == SUB_START && !(waits && s->acted))
                return EVENT_NONE;
        return s->state == SUB_RELOAD_SIGNAL ? EVENT_NONE : EVENT_READY;
}

void service_notify(Service *s, NotifyDatagram *d) {
        NotifyMessage m;

        if (service_need_settings(s) < 0)
                return;
        if (!may(s, d->pid)) {
                manager_say(s->unit,
                            "a notification of process %d is ignored: NotifyAccess=", (int)d->pid);
                return;
        }
        notify_message_parse(d->text, d->size, &m);
        service_mark(s);
        take_status(s, &m);
        if (m.main > 0)
                take_main(s, m.main);
        take_watchdog(s, &m);
        extend(s, m.extend_timeout_usec);
        take_descriptors(s, &m, d);
        service_event(s, event_of(s, &m));
}
