/*
 * Messages with file descriptors. The kernel may install more descriptors than
 * we asked for; what is not handed to the caller is closed here.
 */
#include "base/packet.h"

#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"

/* Room to notice a second descriptor, and to close it. */
enum { FDS_SEEN = 2 };

typedef union Control {
        struct cmsghdr header;
        char space[CMSG_SPACE(FDS_SEEN * sizeof(int))];
} Control;

int packet_send(int fd, const void *data, size_t n, int pass_fd) {
        struct iovec part = { .iov_base = (void *)data, .iov_len = n };
        Control control = { 0 };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

        if (pass_fd >= 0) {
                message.msg_control = &control;
                message.msg_controllen = CMSG_SPACE(sizeof(int));
                control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
                                                   .cmsg_level = SOL_SOCKET,
                                                   .cmsg_type = SCM_RIGHTS };
                memcpy(CMSG_DATA(&control.header), &pass_fd, sizeof(int));
        }
        return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Collects at most one descriptor into *RET and closes the others. Returns how many parts there
 * were, descriptors and what else is attached. */
static size_t collect(struct msghdr *message, int *ret) {
        size_t parts = 0;

        for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
                size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                int fds[FDS_SEEN];

                if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
                        parts += FDS_SEEN;
                        continue;
                }
                n = MIN_OF(n, (size_t)FDS_SEEN);
                memcpy(fds, CMSG_DATA(c), n * sizeof(int));
                for (size_t i = 0; i < n; i++) {
                        fd_close(*ret);
                        *ret = fds[i];
                }
                parts += n;
        }
        return parts;
}

ssize_t packet_peek(int fd, void *data, size_t max, int *ret_fd) {
        struct iovec part = { .iov_base = data, .iov_len = max };
        Control control;
        struct msghdr message = { .msg_iov = &part,
                                  .msg_iovlen = 1,
                                  .msg_control = &control,
                                  .msg_controllen = sizeof(control) };
        ssize_t size = recvmsg(fd, &message, MSG_DONTWAIT | MSG_PEEK | MSG_CMSG_CLOEXEC);
        _cleanup_fd_ int passed = -EBADF;

        /* Once, and before anything else, the kernel tells that the other side has ended without
         * having read all. What it sent is still there. */
        if (size < 0 && errno == ECONNRESET)
                size = recvmsg(fd, &message, MSG_DONTWAIT | MSG_PEEK | MSG_CMSG_CLOEXEC);
        if (size < 0)
                return -errno;
        if (collect(&message, &passed) > 1 || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
                return -EMSGSIZE;
        *ret_fd = TAKE_FD(passed);
        return size;
}

void packet_drop(int fd) {
        char first;

        (void)recv(fd, &first, sizeof(first), MSG_DONTWAIT);
}
