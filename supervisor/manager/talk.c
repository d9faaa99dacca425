/*
 * A report is looked at (MSG_PEEK), so that one that was not written down comes again.
 */
#include "supervisor/manager/talk.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"

int talk_pair(int *ret_ours, int *ret_theirs) {
        int ends[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
                return -errno;
        if (setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)) < 0) {
                int error = -errno;

                fd_close(ends[0]);
                fd_close(ends[1]);
                return error;
        }
        *ret_ours = ends[0];
        *ret_theirs = ends[1];
        return 0;
}

static void take_control(struct msghdr *h, TalkMessage *ret) {
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

int talk_hear(int fd, TalkMessage *ret) {
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
        ret->report.left[sizeof(ret->report.left) - 1] = '\0';
        return n > 0;
}

void talk_drop(int fd) {
        char byte;

        (void)recv(fd, &byte, sizeof(byte), MSG_DONTWAIT);
}
