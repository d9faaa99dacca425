/*
 * A report is always of one size, so that it is told from all else that comes over a socket.
 * Descriptors that nobody asked for are closed.
 */
#include "supervisor/exec/report.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"

typedef union Control {
        struct cmsghdr header;
        char space[CMSG_SPACE(EXEC_KEPT_COUNT * sizeof(int))];
} Control;

void report_set(char *field, size_t size, const char *text) {
        snprintf(field, size, "%s", text ? text : "");
}

void report_set_failed(ExecReport *r, int exit_status, int error, const char *directive) {
        r->type = EXEC_FAILED;
        r->exit_status = exit_status;
        r->error = error;
        REPORT_SET(r->directive, directive);
}

static void attach(struct msghdr *message, Control *control, ExecReport *report, const int *kept) {
        int fds[EXEC_KEPT_COUNT];
        size_t n = 0;

        for (size_t i = 0; kept && i < EXEC_KEPT_COUNT; i++)
                if (kept[i] >= 0) {
                        report->kept |= 1U << i;
                        fds[n++] = kept[i];
                }
        if (n == 0)
                return;
        message->msg_control = control;
        message->msg_controllen = CMSG_SPACE(n * sizeof(int));
        control->header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n * sizeof(int)),
                                            .cmsg_level = SOL_SOCKET,
                                            .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(&control->header), fds, n * sizeof(int));
}

int report_send(int fd, ExecReport *report, const int *kept) {
        struct iovec part = { .iov_base = report, .iov_len = sizeof(*report) };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        Control control = { 0 };

        report->kept = 0;
        attach(&message, &control, report, kept);
        return sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* The descriptors of one control message, in order, to the places that BITS name. */
static void distribute(const struct cmsghdr *c, uint32_t bits, int *kept) {
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        for (size_t i = 0, place = 0; i < n; i++) {
                int fd;

                memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
                while (place < EXEC_KEPT_COUNT && !(bits >> place & 1))
                        place++;
                if (!kept || place == EXEC_KEPT_COUNT) {
                        fd_close(fd);
                        continue;
                }
                fd_close(kept[place]);
                kept[place++] = fd;
        }
}

ssize_t report_receive(int fd, ExecReport *ret, int *kept) {
        struct iovec part = { .iov_base = ret, .iov_len = sizeof(*ret) };
        Control control = { 0 };
        struct msghdr message = { .msg_iov = &part,
                                  .msg_iovlen = 1,
                                  .msg_control = &control,
                                  .msg_controllen = sizeof(control) };
        ssize_t n;

        do
                n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return -errno;
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
                if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
                        distribute(c, n == sizeof(*ret) ? ret->kept : 0, kept);
        return n;
}
