/*
 * Datagrams: /dev/log and the native socket. Who sent one is what the kernel says. A native message
 * that is too large for a datagram comes as a file in memory, whose descriptor the datagram passes:
 * that would be lost with us, so such a datagram stays in the socket until its record is written.
 */
#include <string.h>
#include <sys/ioctl.h>

#include "base/fd.h"
#include "supervisor/log/intake.h"
#include "supervisor/log/native-message.h"
#include "supervisor/log/syslog-message.h"

static struct ucred sender_of(const void *control, size_t length) {
        struct msghdr message = { .msg_control = (void *)control, .msg_controllen = length };
        struct ucred sender = { .uid = (uid_t)-1 };

        for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
                if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS &&
                    c->cmsg_len >= CMSG_LEN(sizeof(sender)))
                        memcpy(&sender, CMSG_DATA(c), sizeof(sender));
        return sender;
}

static void add_syslog(Intake *in, const char *data, uint32_t n, const struct ucred *sender) {
        char unit[UNIT_NAME_MAX];
        SyslogMessage m;
        RecordEntry entry;

        syslog_message_parse(data, n, &m);
        if (m.length == 0)
                return;
        origin_unit_of_pid(sender->pid, in->root, unit);
        entry = (RecordEntry){ .priority = m.priority,
                               .pid = sender->pid,
                               .identifier = m.identifier,
                               .message = m.text,
                               .length = m.length };
        intake_add(in, unit, &entry, n);
}

/* The first entry of the N bytes at DATA, which ends the cycle's bytes up to UPTO. */
static size_t add_native(Intake *in, const char *data, uint32_t n, const struct ucred *sender,
                         uint32_t before) {
        char unit[UNIT_NAME_MAX];
        NativeMessage m;
        size_t took = native_message_parse(data, n, &m);
        RecordEntry entry;

        if (!m.text || m.length == 0)
                return took;
        origin_unit_of_pid(sender->pid, in->root, unit);
        if (unit[0] == '\0' && sender->uid == 0)
                memcpy(unit, m.unit, sizeof(unit));
        entry = (RecordEntry){ .priority = m.priority,
                               .pid = sender->pid,
                               .identifier = m.identifier,
                               .message = m.text,
                               .length = m.length };
        intake_add(in, unit, &entry, before + (uint32_t)took);
        return took;
}

void intake_datagram_write(Intake *in) {
        LedgerCycle *c = ledger_cycle(in->ledger);
        const char *buffer = in->ledger->page->buffer;
        uint32_t n = ledger_received(in->ledger);
        size_t length = MIN_OF(c->message.msg_hdr.msg_controllen, sizeof(c->control));
        struct ucred sender = sender_of(c->control, length);

        if (c->source == LEDGER_SYSLOG)
                add_syslog(in, buffer, n, &sender);
        else
                for (uint32_t at = 0; at < n;)
                        at += (uint32_t)add_native(in, buffer + at, n - at, &sender, at);
        intake_flush(in);
        ledger_close(in->ledger);
}

/* Takes the datagram off the socket whose record is written. */
static void drop_datagram(Intake *in, int fd) {
        LedgerCycle *c = ledger_cycle(in->ledger);

        if (ledger_received(in->ledger) == LEDGER_NOTHING) {
                ledger_aim(in->ledger);
                (void)recvmmsg(fd, &c->message, 1, MSG_DONTWAIT, NULL);
        }
        ledger_close(in->ledger);
}

void intake_datagram_recover_file(Intake *in, int native_fd) {
        const LedgerCycle *c = ledger_cycle(in->ledger);
        LogFile *f;

        if (ledger_phase(in->ledger) == LEDGER_WRITTEN) {
                drop_datagram(in, native_fd);
                return;
        }
        /* The datagram is still there and will be handled from its beginning. */
        if (ledger_phase(in->ledger) == LEDGER_WRITING && store_file(in->store, c->file, &f) >= 0 &&
            f->inode == c->inode && c->at < f->size)
                (void)store_write(in->store, f, "", 0, c->at);
        ledger_close(in->ledger);
}

/* The last of the descriptors that were passed; all others are closed. */
static void take_last(const struct cmsghdr *c, int *file) {
        for (size_t i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
                fd_close(*file);
                memcpy(file, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
        }
}

/* What the next datagram passes, without taking it off the socket. Returns the fd, -ENOENT when it
 * passes none, -EAGAIN when there is no datagram, -EMSGSIZE when it is not empty. */
static int peek_file(int fd, struct ucred *ret_sender) {
        char byte;
        union {
                struct cmsghdr header;
                char space[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
        struct msghdr message = { .msg_iov = &iov,
                                  .msg_iovlen = 1,
                                  .msg_control = &control,
                                  .msg_controllen = sizeof(control) };
        int file = -ENOENT;
        ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_PEEK | MSG_CMSG_CLOEXEC);

        if (n < 0)
                return -EAGAIN;
        *ret_sender = sender_of(&control, message.msg_controllen);
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
                if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
                        take_last(c, &file);
        if (n > 0) {
                fd_close(file);
                return -EMSGSIZE;
        }
        return file;
}

/* Only memory is read: any other file could keep us waiting. */
static uint32_t read_file(int file, char *buffer, uint32_t room) {
        ssize_t n = fcntl(file, F_GET_SEALS) < 0 ? -1 : pread(file, buffer, room, 0);

        return n > 0 ? (uint32_t)n : 0;
}

/* The record of a datagram that is empty and passes FILE; it stays in the socket until that is
 * written. */
static int take_file(Intake *in, int fd, int file, const struct ucred *sender) {
        uint32_t n;

        if (intake_begin(in, LEDGER_NATIVE_FILE) < 0)
                return 0;
        n = file >= 0 ? read_file(file, in->ledger->page->buffer, LEDGER_BUFFER) : 0;
        if (n > 0)
                (void)add_native(in, in->ledger->page->buffer, n, sender, 0);
        intake_flush(in);
        ledger_set_phase(in->ledger, LEDGER_WRITTEN);
        drop_datagram(in, fd);
        return 1;
}

/* Is the next datagram an empty one? No file is passed in others. */
static bool may_pass_file(int fd) {
        int length = 0;

        return ioctl(fd, FIONREAD, &length) == 0 && length == 0;
}

int intake_datagram(Intake *in, int fd, uint32_t source) {
        LedgerCycle *c = ledger_cycle(in->ledger);

        if (source == LEDGER_NATIVE && may_pass_file(fd)) {
                struct ucred sender = { 0 };
                _cleanup_fd_ int file = peek_file(fd, &sender);

                if (file == -EAGAIN)
                        return 0;
                if (file != -EMSGSIZE) /* it came after we had asked */
                        return take_file(in, fd, file, &sender);
        }
        if (intake_begin(in, source) < 0)
                return 0;
        if (recvmmsg(fd, &c->message, 1, MSG_DONTWAIT, NULL) < 0) {
                ledger_set_phase(in->ledger, LEDGER_IDLE);
                return 0;
        }
        intake_datagram_write(in);
        return 1;
}
