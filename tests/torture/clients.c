/*
 * Those who talk to the manager meanwhile: one that uses it as people do, one that asks and never
 * reads, one that sends garbage, and one that must always be let in. What the manager may do to
 * them when it is killed is to drop the connection; what it may not is to refuse one.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "tests/torture/torture.h"

#define BUS      "/run/systemd/private"
#define CLIENTS  "clients"
#define GREETING "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"

int torture_control(char *const arguments[], char *said, size_t size) {
        int ends[2], status;
        size_t n = 0;
        char more[256];
        ssize_t got;
        pid_t pid;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -1;
        pid = fork();
        if (pid == 0) {
                int null = open("/dev/null", O_RDWR | O_CLOEXEC);

                (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
                dup2(null, STDIN_FILENO);
                dup2(null, STDOUT_FILENO);
                dup2(ends[1], STDERR_FILENO);
                execvp(arguments[0], arguments);
                _exit(127);
        }
        close(ends[1]);
        while ((got = read(ends[0], more, sizeof(more))) > 0)
                for (ssize_t i = 0; i < got && n < size - 1; i++)
                        said[n++] = more[i];
        said[n] = '\0';
        said[strcspn(said, "\n")] = '\0';
        close(ends[0]);
        if (pid < 0 || waitpid(pid, &status, 0) < 0)
                return -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A connection that the manager drops ends a command, and is no complaint. */
static bool was_dropped(const char *said) {
        return strstr(said, "the manager left") || strstr(said, "onnection") ||
               strstr(said, "ransport endpoint") || strstr(said, "roken pipe");
}

/* Runs svctl VERB UNIT until it has got an answer. */
static int control(const char *verb, const char *unit) {
        char said[256] = "";

        for (unsigned i = 0; i < 100; i++) {
                int status = torture_control(
                        (char *[]){ (char *)"svctl", (char *)verb, (char *)unit, NULL }, said,
                        sizeof(said));

                if (status == 0 || !was_dropped(said)) {
                        if (status != 0 && *said)
                                torture_note(CLIENTS, "%s %s: status %d, %s", verb, unit, status,
                                             said);
                        return status;
                }
        }
        torture_note(CLIENTS, "%s %s: no answer in 100 tries: %s", verb, unit, said);
        return -1;
}

static void expect(const char *verb, const char *unit, int wanted) {
        int status = control(verb, unit);

        if (status != wanted)
                torture_note(CLIENTS, "%s %s: %d instead of %d", verb, unit, status, wanted);
}

static _noreturn_ void use(unsigned share) {
        bool up = true;

        for (;;) {
                switch (torture_random(8)) {
                case 0:
                        expect("is-active", "t-steady-0.service", 0);
                        break;
                case 1:
                        expect(up ? "stop" : "start", "t-toggle-0.service", 0);
                        up = !up;
                        expect("is-active", "t-toggle-0.service", up ? 0 : 3);
                        break;
                case 2:
                        expect("restart", "t-toggle-0.service", 0);
                        up = true;
                        break;
                case 3:
                        expect("reload", "t-reload-0.service", 0);
                        break;
                case 4:
                        expect("reload", "t-command-0.service", 0);
                        break;
                case 5:
                        expect("list-units", "t-*", 0);
                        break;
                case 6:
                        (void)control("status", "t-steady-0.service");
                        break;
                default:
                        expect("show", "t-crash-0.service", 0);
                }
                torture_sleep(torture_random(100) * share);
        }
}

/* The socket outlives every manager, so nobody is ever refused. */
static int meet(void) {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = BUS };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
                torture_note(CLIENTS, "a connection is refused: %m");
        return fd;
}

/* A call as the D-Bus specification has it: lengths, then fields. */
static size_t make_call(char ret[static 160]) {
        static const char call[] = "l\1\0\1\0\0\0\0\1\0\0\0"
                                   "\x51\0\0\0\1\1o\0\1\0\0\0/\0\0\0\0\0\0\0"
                                   "\3\1s\0\x9\0\0\0ListUnits\0\0\0\0\0\0\0"
                                   "\2\1s\0 \0\0\0org.freedesktop.systemd1.Manager\0";

        memset(ret, 0, 160);
        memcpy(ret, call, sizeof(call) - 1);
        return (sizeof(call) - 1 + 7) / 8 * 8;
}

static _noreturn_ void never_read(void) {
        char call[160];
        size_t n = make_call(call);

        for (;;) {
                int fd = meet();

                (void)!send(fd, GREETING, sizeof(GREETING) - 1, MSG_NOSIGNAL);
                for (unsigned i = 0; i < 20000; i++) {
                        struct pollfd p = { .fd = fd, .events = POLLOUT };

                        if (poll(&p, 1, 1000) <= 0 || send(fd, call, n, MSG_NOSIGNAL) < 0)
                                break;
                }
                torture_sleep(300);
                close(fd);
        }
}

static _noreturn_ void send_garbage(void) {
        for (;;) {
                char data[512];
                int fd = meet();
                size_t good = sizeof(GREETING) - 1, n = torture_random(sizeof(data) - 64) + 1;

                for (size_t i = 0; i < n; i++)
                        data[i] = (char)torture_random(256);
                if (torture_random(3) > 0)
                        memcpy(data, GREETING, MIN_OF(n, good));
                (void)!send(fd, data, n, MSG_NOSIGNAL);
                torture_sleep(torture_random(100));
                close(fd);
        }
}

/* Whoever is in the middle of something may be dropped; who waits in the queue gets an answer. */
static _noreturn_ void ask_always(unsigned share) {
        char call[160];
        size_t n = make_call(call);

        for (;;) {
                struct pollfd p = { .fd = meet(), .events = POLLIN };

                (void)!send(p.fd, GREETING, sizeof(GREETING) - 1, MSG_NOSIGNAL);
                (void)!send(p.fd, call, n, MSG_NOSIGNAL);
                if (poll(&p, 1, 60000) <= 0)
                        torture_note(CLIENTS, "nobody answers for a minute");
                close(p.fd);
                torture_sleep(20 * share);
        }
}

void torture_clients(unsigned share, pid_t ret[static TORTURE_CLIENTS]) {
        for (int i = 0; i < TORTURE_CLIENTS; i++) {
                ret[i] = fork();
                if (ret[i] != 0)
                        continue;
                (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
                switch (i) {
                case 0:
                        use(share);
                case 1:
                        never_read();
                case 2:
                        send_garbage();
                default:
                        ask_always(share);
                }
        }
}
