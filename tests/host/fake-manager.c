/*
 * A manager for the tests of svinit: it speaks the protocol and does what the fifo
 * $FAKE_DIR/commands says, one command a line. What it is told it appends to
 * $FAKE_DIR/log, one message a line.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/number.h"
#include "base/packet.h"
#include "base/text.h"
#include "supervisor/init/protocol.h"

typedef struct Fake {
        FILE *log;
        int commands;
        bool no_ack, no_alive, no_taken;
} Fake;

static void send_message(InitType type, uint64_t id, int32_t number, const char *text) {
        InitMessage m = { .type = type, .id = id, .number = number };

        m.length = (uint32_t)snprintf(m.text, sizeof(m.text), "%s", text);
        (void)packet_send(INIT_SOCKET, &m, INIT_HEADER_SIZE + m.length, -EBADF);
}

static void say_line(Fake *f, const char *format, ...) _printf_(2, 3);
static void say_line(Fake *f, const char *format, ...) {
        char line[2048];
        va_list ap;
        int n;

        va_start(ap, format);
        n = vsnprintf(line, sizeof(line), format, ap);
        va_end(ap);
        line[n++] = '\n';
        (void)fd_write_all(fileno(f->log), line, (size_t)n);
}

static uint64_t number_of(const char *text) {
        uint64_t n = 0;

        (void)number_parse_u64(text, 10, &n);
        return n;
}

/* As the manager starts services: the child's parent is svinit. */
static void spawn(Fake *f, const char *command) {
        struct clone_args args = { .flags = CLONE_PARENT, .exit_signal = 0 };
        long pid = syscall(SYS_clone3, &args, sizeof(args));

        if (pid == 0) {
                (void)close_range(3, UINT32_MAX, 0);
                execl("/bin/sh", "sh", "-c", command, NULL);
                _exit(127);
        }
        say_line(f, "spawned %ld %s", pid, command);
}

/* N children that exit at once, with statuses 1, 2, ... modulo 200. */
static void spawn_many(Fake *f, uint64_t n) {
        for (uint64_t i = 1; i <= n; i++) {
                struct clone_args args = { .flags = CLONE_PARENT, .exit_signal = 0 };
                long pid = syscall(SYS_clone3, &args, sizeof(args));

                if (pid == 0)
                        _exit((int)(i % 200));
                say_line(f, "many %ld %d", pid, (int)(i % 200));
        }
}

static void store(Fake *f, char *words) {
        char *name = words + strcspn(words, " "), *path;
        InitMessage m = { .type = INIT_STORE };
        int fd;

        *name++ = '\0';
        path = name + strcspn(name, " ");
        *path++ = '\0';
        fd = open(path, O_RDWR | O_CLOEXEC | O_CREAT, 0600);
        m.id = number_of(words);
        m.length = (uint32_t)snprintf(m.text, sizeof(m.text), "%s", name);
        say_line(f, "stored %d", packet_send(INIT_SOCKET, &m, INIT_HEADER_SIZE + m.length, fd));
        fd_close(fd);
}

/* A listening socket at PATH. */
static void store_listener(Fake *f, const char *path) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        InitMessage m = { .type = INIT_STORE, .id = 77 };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
        (void)bind(fd, (struct sockaddr *)&address, sizeof(address));
        (void)listen(fd, 16);
        m.length = (uint32_t)snprintf(m.text, sizeof(m.text), "listener");
        say_line(f, "stored %d", packet_send(INIT_SOCKET, &m, INIT_HEADER_SIZE + m.length, fd));
        fd_close(fd);
}

static void garbage(uint64_t kind) {
        InitMessage m = { .type = INIT_ALIVE };
        char large[4096] = { 0 };

        switch (kind) {
        case 0: /* short */
                (void)send(INIT_SOCKET, &m, 5, 0);
                return;
        case 1: /* a length that is not true */
                m.length = UINT32_MAX;
                (void)send(INIT_SOCKET, &m, INIT_HEADER_SIZE, 0);
                return;
        case 2: /* an unknown type */
                send_message(99, 0, 0, "");
                return;
        case 3: /* an acknowledgement of what was never sent */
                send_message(INIT_ACK, UINT64_MAX, 0, "");
                return;
        case 4: /* too long */
                (void)send(INIT_SOCKET, large, sizeof(large), 0);
                return;
        case 5: /* a descriptor that nobody wants */
                (void)packet_send(INIT_SOCKET, &m, INIT_HEADER_SIZE, STDIN_FILENO);
                m.type = INIT_ACK;
                (void)packet_send(INIT_SOCKET, &m, INIT_HEADER_SIZE, STDIN_FILENO);
                return;
        case 6: /* nothing to store */
                send_message(INIT_STORE, 1, 0, "x");
                return;
        case 7: /* no action */
                send_message(INIT_FINAL, 0, 1000, "");
                return;
        case 8: /* no signal */
                send_message(INIT_TAKEN, 0, -1, "");
                return;
        case 9: /* full to the last byte, and one more */
                m.length = INIT_TEXT_MAX;
                (void)send(INIT_SOCKET, &m, sizeof(m), 0);
                return;
        default: /* one descriptor too many */
                for (unsigned i = 0; i <= INIT_FDS_MAX; i++) {
                        m = (InitMessage){ .type = INIT_STORE, .id = i };
                        while (packet_send(INIT_SOCKET, &m, INIT_HEADER_SIZE, STDIN_FILENO) ==
                               -EAGAIN)
                                (void)usleep(1000);
                }
        }
}

static void obey(Fake *f, char *line) {
        char *argument = line + strcspn(line, " ");

        if (*argument)
                *argument++ = '\0';
        say_line(f, "command %s", line);
        if (text_eq(line, "spawn"))
                spawn(f, argument);
        else if (text_eq(line, "many"))
                spawn_many(f, number_of(argument));
        else if (text_eq(line, "noack"))
                f->no_ack = true;
        else if (text_eq(line, "ack"))
                send_message(INIT_ACK, number_of(argument), 0, "");
        else if (text_eq(line, "notaken"))
                f->no_taken = true;
        else if (text_eq(line, "store"))
                store(f, argument);
        else if (text_eq(line, "listen"))
                store_listener(f, argument);
        else if (text_eq(line, "remove"))
                send_message(INIT_REMOVE, number_of(argument), 0, "");
        else if (text_eq(line, "ready"))
                send_message(INIT_READY, 0, 0, "");
        else if (text_eq(line, "hang"))
                f->no_alive = true;
        else if (text_eq(line, "garbage"))
                garbage(number_of(argument));
        else if (text_eq(line, "close"))
                close(INIT_SOCKET);
        else if (text_eq(line, "final"))
                send_message(INIT_FINAL, 0, (int32_t)number_of(argument), "");
        else if (text_eq(line, "exit"))
                _exit((int)number_of(argument));
        else if (text_eq(line, "crash"))
                (void)raise(SIGSEGV);
}

static void take_message(Fake *f) {
        InitMessage m = { 0 };
        int fd = -EBADF;
        ssize_t size = packet_peek(INIT_SOCKET, &m, sizeof(m), &fd);

        if (size == 0)
                _exit(0);
        if (size < 0)
                return;
        packet_drop(INIT_SOCKET);
        switch (m.type) {
        case INIT_HELLO:
                say_line(f, "hello %d before %d flags %u code %d status %d", m.number, (int)m.id,
                         m.flags, m.code, m.status);
                break;
        case INIT_STATUS:
                say_line(f, "status %d pid %d code %d status %d", (int)m.id, m.number, m.code,
                         m.status);
                if (!f->no_ack)
                        send_message(INIT_ACK, m.id, 0, "");
                break;
        case INIT_FD:
                say_line(f, "fd %d %.*s %s", (int)m.id, (int)m.length, m.text,
                         fd >= 0 ? "open" : "missing");
                break;
        case INIT_SYNCED:
                say_line(f, "synced %d", getpid());
                if (!getenv("FAKE_UNREADY"))
                        send_message(INIT_READY, 0, 0, "");
                break;
        case INIT_SIGNAL:
                say_line(f, "signal %d", m.number);
                if (!f->no_taken)
                        send_message(INIT_TAKEN, 0, m.number, "");
                break;
        case INIT_PING:
                say_line(f, "ping");
                if (!f->no_alive)
                        send_message(INIT_ALIVE, m.id, 0, "");
                break;
        default:
                say_line(f, "unknown %u", m.type);
        }
        fd_close(fd);
}

int main(void) {
        const char *dir = getenv("FAKE_DIR");
        char path[4096], line[4096];
        size_t n = 0;
        Fake f = { 0 };

        (void)fcntl(INIT_SOCKET, F_SETFD, FD_CLOEXEC);
        snprintf(path, sizeof(path), "%s/log", dir);
        f.log = fopen(path, "ae");
        snprintf(path, sizeof(path), "%s/commands", dir);
        f.commands = open(path, O_RDWR | O_CLOEXEC);
        if (!f.log || f.commands < 0)
                return 99;
        if (getenv("FAKE_DIES"))
                return 3;
        for (;;) {
                struct pollfd fds[] = { { .fd = INIT_SOCKET, .events = POLLIN },
                                        { .fd = f.commands, .events = POLLIN } };

                (void)poll(fds, 2, -1);
                if (fds[0].revents)
                        take_message(&f);
                if (!(fds[1].revents & POLLIN))
                        continue;
                if (read(f.commands, line + n, 1) == 1 && line[n] != '\n') {
                        n++;
                        continue;
                }
                line[n] = '\0';
                n = 0;
                obey(&f, line);
        }
}
