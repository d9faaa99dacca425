/*
 * A message is looked at, done, written down, and only then dropped, so that a kill in between
 * makes it be done twice rather than never.
 */
#include "supervisor/manager/manager-notify.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "supervisor/manager/notify-socket.h"
#include "supervisor/manager/service.h"

#define NOTIFY_ID   1    /* of the socket, with svinit */
#define NOTIFY_MANY 64   /* messages before others have a turn */
#define NOTIFY_ALL  8192 /* more than wait in any socket */

/* Whose process is it? The unit is the first part of its control group that is no slice: what lies
 * below may have any name that somebody gave it to whom it was delegated. */
static Service *sender_of(Manager *m, pid_t pid) {
        _cleanup_free_ char *path = NULL;
        char *rest, *part;

        if (group_of(&m->groups, pid, &path) < 0) {
                REGISTRY_FOREACH(u, m->registry)
                if (service_known(u) &&
                    (service_known(u)->main == pid || service_known(u)->control == pid))
                        return service_known(u);
                return NULL;
        }
        rest = path;
        while ((part = strsep(&rest, "/"))) {
                if (*part && !text_ends_with(part, ".slice")) {
                        Unit *u = unit_name_type(part) == UNIT_SERVICE
                                          ? registry_find(m->registry, part)
                                          : NULL;

                        return u ? service_known(u) : NULL;
                }
        }
        return NULL;
}

static void take(Manager *m, unsigned many, uint64_t until) {
        static NotifyDatagram d; /* too large for the stack */

        for (unsigned i = 0; i < many; i++) {
                int r = notify_socket_peek(m->notify, &d);
                Service *s;

                if (r < 0 || d.stamp > until)
                        break;
                if (r == 0)
                        continue;
                s = sender_of(m, d.pid);
                if (s && service_notify_may_store(s, d.pid))
                        notify_socket_take_fds(m->notify, &d);
                if (s)
                        service_notify(s, &d);
                (void)manager_flush(m);
                notify_socket_drop(m->notify, &d);
                notify_socket_close_fds(&d);
        }
}

void manager_notify_take(Manager *m) {
        take(m, NOTIFY_ALL, clock_stamp());
}

static int on_notify(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Manager *m = userdata;

        if (m->begun)
                take(m, NOTIFY_MANY, UINT64_MAX);
        return 0;
}

int manager_notify_open(Manager *m) {
        bool is_new;
        int r;

        m->notify = link_take_fd(&m->link, NOTIFY_ID);
        is_new = m->notify < 0;
        if (is_new)
                m->notify = notify_socket_open();
        if (m->notify < 0)
                return m->notify;
        r = is_new ? link_store_at(&m->link, m->notify, "notify", NOTIFY_ID)
                   : notify_socket_prepare(m->notify);
        if (r >= 0)
                r = sd_event_add_io(m->event, NULL, m->notify, EPOLLIN, on_notify, m);
        return r;
}
