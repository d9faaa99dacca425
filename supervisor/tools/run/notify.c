/*
 * Messages are datagrams of lines. Whoever sends one is known by the
 * credentials that the kernel adds, and is listened to only as far as
 * NotifyAccess= says.
 */
#include "supervisor/tools/run/notify.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/number.h"
#include "base/text.h"
#include "supervisor/tools/run/leftovers.h"

enum { MESSAGE_MAX = 4096 };

bool notify_is_awaited(const Config *c) {
        return c->service_type == SERVICE_NOTIFY || c->service_type == SERVICE_NOTIFY_RELOAD;
}

static NotifyAccess access_of(const Config *c) {
        if (c->notify_access != NOTIFY_ACCESS_UNSET)
                return (NotifyAccess)c->notify_access;
        return notify_is_awaited(c) ? NOTIFY_ACCESS_MAIN : NOTIFY_ACCESS_NONE;
}

bool notify_is_wanted(const Config *c) {
        return access_of(c) != NOTIFY_ACCESS_NONE;
}

int notify_open(Runner *r) {
        _cleanup_fd_ int fd = -EBADF;
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        const int on = 1;

        if (!r->notify_path || r->events.notify >= 0)
                return 0;
        if (strlen(r->notify_path) >= sizeof(address.sun_path))
                return -ENAMETOOLONG;
        memcpy(address.sun_path, r->notify_path, strlen(r->notify_path));
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
            bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            chmod(r->notify_path, 0666) < 0) /* the sender is checked, not the way to us */
                return -errno;
        r->events.notify = TAKE_FD(fd);
        return 0;
}

/* Anybody can reach the socket. Who has ended already, as notifiers of shell scripts do, is known
 * by the user alone. */
static bool is_of_unit(const Runner *r, const struct ucred *sender) {
        uid_t user = r->identity.changes ? r->identity.uid : geteuid();

        if (sender->pid <= 0 || leftovers_has(sender->pid))
                return sender->pid > 0;
        return kill(sender->pid, 0) < 0 && errno == ESRCH &&
               (sender->uid == user || sender->uid == 0);
}

static bool is_trusted(const Runner *r, const struct ucred *sender) {
        switch (access_of(&r->settings.config)) {
        case NOTIFY_ACCESS_UNSET:
        case NOTIFY_ACCESS_NONE:
                return false;
        case NOTIFY_ACCESS_MAIN:
                return sender->pid > 0 && sender->pid == r->main_pid;
        case NOTIFY_ACCESS_EXEC:
        case NOTIFY_ACCESS_ALL:
                return is_of_unit(r, sender);
        }
        return false;
}

static void take_line(Runner *r, const char *line) {
        const char *pid = text_after(line, "MAINPID=");
        uint32_t number;

        if (text_eq(line, "READY=1"))
                r->ready = true;
        if (pid && number_parse_u32(pid, 10, &number) >= 0 && number > 1 && number <= INT32_MAX)
                r->notified_pid = (pid_t)number;
}

static struct ucred sender_of(struct msghdr *message) {
        struct ucred credentials = { 0 };

        for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c))
                if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS)
                        memcpy(&credentials, CMSG_DATA(c), sizeof(credentials));
                else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
                        for (size_t i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
                                int fd; /* nobody asked for these */

                                memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
                                fd_close(fd);
                        }
        return credentials;
}

void notify_read(Runner *r) {
        char text[MESSAGE_MAX + 1];
        union {
                struct cmsghdr header;
                char space[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(16 * sizeof(int))];
        } control;
        struct iovec iov = { .iov_base = text, .iov_len = MESSAGE_MAX };
        struct msghdr message = { .msg_iov = &iov,
                                  .msg_iovlen = 1,
                                  .msg_control = &control,
                                  .msg_controllen = sizeof(control) };
        struct ucred sender;
        ssize_t n = recvmsg(r->events.notify, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

        if (n < 0)
                return;
        text[n] = '\0';
        sender = sender_of(&message);
        if (!is_trusted(r, &sender))
                return;
        for (char *left = text, *line; (line = strsep(&left, "\n"));)
                take_line(r, line);
}
