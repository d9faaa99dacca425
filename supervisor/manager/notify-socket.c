/*
 * A datagram that is too long, or comes without credentials, is dropped unread.
 */
#include "supervisor/manager/notify-socket.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "base/fd.h"
#include "supervisor/manager/notify-discard.h"

void notify_socket_close_fds(NotifyDatagram *d) {
        for (size_t i = 0; i < d->n_fds; i++)
                fd_close(d->fds[i]);
        d->n_fds = 0;
}

int notify_socket_prepare(int fd) {
        return setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)) < 0 ||
                               setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &(int){ 1 },
                                          sizeof(int)) < 0
                       ? -errno
                       : 0;
}

int notify_socket_open(void) {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = NOTIFY_SOCKET_PATH };
        _cleanup_fd_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0)
                return -errno;
        if (unlink(NOTIFY_SOCKET_PATH) < 0 && errno != ENOENT)
                return -errno;
        if (notify_socket_prepare(fd) < 0 ||
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
                } else if (c->cmsg_type == SCM_TIMESTAMPNS) {
                        struct timespec t;

                        memcpy(&t, CMSG_DATA(c), sizeof(t));
                        d->stamp = (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
                }
        }
}

#define CONTROL_SIZE (CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(struct timespec)))

typedef union Control {
        struct cmsghdr align;
        char data[CONTROL_SIZE + CMSG_SPACE(sizeof(int) * NOTIFY_FDS_MAX)];
} Control;

/* Where there is no room for descriptors the kernel installs none, and says so. */
static ssize_t peek(int fd, NotifyDatagram *ret, size_t room, int *ret_flags) {
        Control control;
        struct iovec part = { .iov_base = ret->text, .iov_len = NOTIFY_SIZE_MAX };
        struct msghdr h = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = room
        };
        ssize_t n = recvmsg(fd, &h, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC | MSG_TRUNC);

        if (n < 0)
                return -errno;
        ret->n_fds = 0;
        ret->pid = 0;
        ret->stamp = 0;
        take_control(&h, ret);
        *ret_flags = h.msg_flags;
        return n;
}

int notify_socket_peek(int fd, NotifyDatagram *ret) {
        int flags = 0;
        ssize_t n = peek(fd, ret, CONTROL_SIZE, &flags);

        if (n < 0)
                return (int)n;
        ret->passes = flags & MSG_CTRUNC;
        if (n > NOTIFY_SIZE_MAX || (flags & MSG_TRUNC) || ret->pid <= 0) {
                notify_socket_drop(fd, ret);
                return 0;
        }
        ret->size = (size_t)n;
        ret->text[n] = '\0';
        return 1;
}

void notify_socket_take_fds(int fd, NotifyDatagram *d) {
        uint64_t stamp = d->stamp;
        int flags = 0;
        ssize_t n = d->passes ? peek(fd, d, sizeof(Control), &flags) : 0;

        /* nobody else takes messages: it is the same */
        if (n >= 0 && (size_t)n == d->size && d->stamp == stamp)
                d->text[n] = '\0';
        if (flags & MSG_CTRUNC)
                notify_socket_close_fds(d);
}

static bool is_still_there(int fd, const void *datagram) {
        const NotifyDatagram *d = datagram;
        static NotifyDatagram now;
        int flags;

        return peek(fd, &now, CONTROL_SIZE, &flags) >= 0 && now.stamp == d->stamp &&
               now.pid == d->pid;
}

void notify_socket_drop(int fd, const NotifyDatagram *d) {
        char byte;

        /* with copies of ours it is no last close */
        if (!d->passes || d->n_fds > 0 || notify_discard(fd, is_still_there, d) < 0)
                (void)recv(fd, &byte, sizeof(byte), MSG_DONTWAIT);
}
