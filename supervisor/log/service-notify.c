/*
 * Datagrams of lines to the manager.
 */
#include "supervisor/log/service-notify.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/number.h"

enum { STATE_MAX = 512 };

int service_notify_open(ServiceNotify *n) {
        const char *path = getenv("NOTIFY_SOCKET");
        size_t length = path ? strlen(path) : 0;

        *n = (ServiceNotify){ .fd = -EBADF, .address.sun_family = AF_UNIX };
        if (length == 0)
                return 0;
        if ((path[0] != '/' && path[0] != '@') || length >= sizeof(n->address.sun_path))
                return -EINVAL;
        memcpy(n->address.sun_path, path, length);
        n->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
        if (path[0] == '@')
                n->address.sun_path[0] = '\0';
        n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        return n->fd < 0 ? -errno : 0;
}

void service_notify_close(ServiceNotify *n) {
        fd_close(TAKE_FD(n->fd));
}

int service_notify_send(const ServiceNotify *n, const char *state, int fd) {
        union {
                struct cmsghdr header;
                char space[CMSG_SPACE(sizeof(int))];
        } control = { 0 };
        struct iovec iov = { .iov_base = (char *)state, .iov_len = strlen(state) };
        struct msghdr message = { .msg_name = (void *)&n->address,
                                  .msg_namelen = n->length,
                                  .msg_iov = &iov,
                                  .msg_iovlen = 1 };

        if (n->fd < 0)
                return 0;
        if (fd >= 0) {
                message.msg_control = &control;
                message.msg_controllen = sizeof(control);
                control.header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
                                                   .cmsg_type = SCM_RIGHTS,
                                                   .cmsg_len = CMSG_LEN(sizeof(int)) };
                memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
        }
        if (sendmsg(n->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
                return 0;
        return errno == ENOBUFS || errno == ENOMEM ? -EAGAIN : -errno;
}

int service_notify_store(const ServiceNotify *n, const char *name, int fd) {
        char state[STATE_MAX];

        snprintf(state, sizeof(state), "FDSTORE=1\nFDPOLL=0\nFDNAME=%s", name);
        return service_notify_send(n, state, fd);
}

int service_notify_forget(const ServiceNotify *n, const char *name) {
        char state[STATE_MAX];

        snprintf(state, sizeof(state), "FDSTOREREMOVE=1\nFDNAME=%s", name);
        return service_notify_send(n, state, -1);
}

uint64_t service_notify_watchdog(void) {
        const char *pid = getenv("WATCHDOG_PID"), *usec = getenv("WATCHDOG_USEC");
        uint64_t number;

        if (pid && (number_parse_u64(pid, 10, &number) < 0 || number != (uint64_t)getpid()))
                return 0;
        return usec && number_parse_u64(usec, 10, &number) >= 0 ? number : 0;
}
