/*
 * Whatever a client sends, the manager's bus survives it, and the next client is served. An input
 * is either the bytes that follow the greeting as they are, or choices of which calls are made, see
 * bus-call.h. Each input has a world of its own, so that one that fails does so again.
 */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/fuzz/bus-call.h"
#include "tests/fuzz/scratch.h"
#include "tests/host/bus-world.h"

enum { CALLS_PER_INPUT = 12, TURNS_MAX = 400, ANSWER_MAX = 1 << 16 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth) {
        if (!truth)
                abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
        scratch_make();
        scratch_make_directory("units");
        scratch_write("units/a.service", "[Service]\nExecStart=/bin/true\nExecReload=/bin/true\n");
        scratch_write("units/slow.service", "[Service]\nExecStart=/bin/true\n");
        scratch_write("units/stuck.service", "[Service]\nExecStart=/bin/true\n");
        scratch_write("units/fail.service", "[Service]\nExecStart=/bin/true\n");
        scratch_write("units/needs.service",
                      "[Unit]\nRequires=slow.service fail.service\n"
                      "After=slow.service\n[Service]\nExecStart=/bin/true\n");
        scratch_write("units/broken.service", "[Service]\nExecStart=relative\n");
        scratch_write("units/t@.service", "[Service]\nExecStart=/bin/echo %i\n");
        scratch_write("units/b.target", "[Unit]\nWants=a.service t@x.service\nAllowIsolate=yes\n");
        return 0;
}

static int meet(void) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        snprintf(address.sun_path, sizeof(address.sun_path), "%s", scratch_file("bus"));
        demand(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
        return fd;
}

/* Lets the manager work until it waits. Returns how many bytes of the answer are in ANSWER. */
static size_t work(sd_event *event, int fd, uint8_t answer[static ANSWER_MAX]) {
        size_t n = 0;

        for (unsigned i = 0; i < TURNS_MAX; i++) {
                ssize_t got = recv(fd, answer + n % ANSWER_MAX, ANSWER_MAX - n % ANSWER_MAX, 0);

                n += got > 0 ? (size_t)got : 0;
                if (sd_event_run(event, 0) <= 0 && got <= 0)
                        break;
        }
        return n;
}

static void greet(int fd) {
        char user[16], text[96];
        int n = snprintf(user, sizeof(user), "%u", (unsigned)geteuid());
        ssize_t size = snprintf(text, sizeof(text), "%cAUTH EXTERNAL ", '\0');

        for (int i = 0; i < n; i++)
                size += snprintf(text + size, sizeof(text) - (size_t)size, "%02x", user[i]);
        size += snprintf(text + size, sizeof(text) - (size_t)size, "\r\nBEGIN\r\n");
        demand(send(fd, text, (size_t)size, MSG_NOSIGNAL) == size);
}

static void send_calls(sd_event *event, int fd, CallInput in, uint8_t answer[static ANSWER_MAX]) {
        static uint8_t call[CALL_MAX];

        for (uint32_t i = 1; i <= CALLS_PER_INPUT && in.left > 0; i++) {
                size_t n = bus_call_make(&in, i, call);

                if (n > 0 && send(fd, call, n, MSG_NOSIGNAL) < 0)
                        return;
                if (i % 3 == 0)
                        (void)work(event, fd, answer);
        }
}

/* Ping(), and the type of the answer: METHOD_RETURN. */
static void check_next_client(sd_event *event, uint8_t answer[static ANSWER_MAX]) {
        static const uint8_t ping[] = { 0, 6, 4 }; /* as bus-call.c chooses */
        static uint8_t call[CALL_MAX];
        CallInput in = { ping, sizeof(ping) };
        size_t n = bus_call_make(&in, 1, call);
        int fd = meet();

        greet(fd);
        demand(send(fd, call, n, MSG_NOSIGNAL) == (ssize_t)n);
        n = work(event, fd, answer);
        demand(n > 64 && memmem(answer, n, "l\2\1\1", 4));
        close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static uint8_t answer[ANSWER_MAX];
        _cleanup_(diag_done) Diag diag = { 0 };
        const BusWorldSetup setup = { .units = scratch_file("units"),
                                      .socket = scratch_file("bus"),
                                      .settings = scratch_file("settings") };
        sd_event *event = NULL;
        int fd;

        if (size == 0)
                return 0;
        demand(bus_world_begin(&setup, &diag, &event) >= 0);
        fd = meet();
        greet(fd);
        if (data[0] & 1)
                send_calls(event, fd, (CallInput){ data + 1, size - 1 }, answer);
        else
                (void)!send(fd, data + 1, size - 1, MSG_NOSIGNAL);
        (void)work(event, fd, answer);
        if (sd_event_get_state(event) != SD_EVENT_FINISHED) /* Reexecute() is an end */
                check_next_client(event, answer);
        close(fd);
        (void)sd_event_run(event, 0);
        bus_world_end();
        return 0;
}
