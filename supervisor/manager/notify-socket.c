/*
 * A datagram that is too long, or comes without credentials, is dropped unread.
 */
#include "supervisor/manager/notify-socket.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/fd.h"

void notify_socket_close_fds(NotifyDatagram *d) {
        for (size_t i = 0; i < d->n_fds; i++)
                fd_close(d->fds[i]);
        d->n_fds = 0;
}

int notify_socket_open(void) {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = NOTIFY_SOCKET_PATH };
        _cleanup_fd_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0)
                return -errno;
        if (unlink(NOTIFY_SOCKET_PATH) < 0 && errno != ENOENT)
                return -errno;
        if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)) < 0 ||
            bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            chmod(NOTIFY_SOCKET_PATH, 0666) < 0)
                return -errno;
        return TAKE_FD(fd);
}

static void take_control(struct msghdr *h, NotifyDatagram *d) {
        for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
                if (c->cmsg_level != SOL_SOCKET)
                        continue;
                if (c->cmsg_type == SCM_RIGHTS) {
                        d->n_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                        memcpy(d->fds, CMSG_DATA(c), d->n_fds * sizeof(int));
                } else if (c->cmsg_type == SCM_CREDENTIALS) {
                        struct ucred who;

                        memcpy(&who, CMSG_DATA(c), sizeof(who));
                        d->pid = who.pid;
                        d->uid = who.uid;
                }
        }
}

int notify_socket_peek(int fd, NotifyDatagram *ret) {
        union {
                struct cmsghdr align;
                char data[CMSG_SPACE(sizeof(struct ucred)) +
                          CMSG_SPACE(sizeof(int) * NOTIFY_FDS_MAX)];
        } control;
        struct iovec part = { .iov_base = ret->text, .iov_len = NOTIFY_SIZE_MAX };
        struct msghdr h = { .msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = &control,
                            .msg_controllen = sizeof(control) };
        ssize_t n = recvmsg(fd, &h, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC | MSG_TRUNC);

        if (n < 0)
                return -errno;
        ret->n_fds = 0;
        ret->pid = 0;
        take_control(&h, ret);
        if (n > NOTIFY_SIZE_MAX || (h.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || ret->pid <= 0) {
                notify_socket_close_fds(ret);
                notify_socket_drop(fd);
                return 0;
        }
        ret->size = (size_t)n;
        ret->text[n] = '\0';
        return 1;
}

void notify_socket_drop(int fd) {
        char byte;

        (void)recv(fd, &byte, sizeof(byte), MSG_DONTWAIT);
}
