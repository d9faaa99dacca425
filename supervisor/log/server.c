/*
 * Start and loop. A successor of a killed svlogd gets all sockets back from the manager, ends what
 * was under way, and goes on as if nothing had been.
 */
#include "supervisor/log/server.h"

#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/number.h"
#include "base/text.h"
#include "supervisor/log/passed-fds.h"

enum {
        USEC_PER_MSEC = 1000,
        USEC_PER_SEC = 1000000,
        NSEC_PER_USEC = 1000,
        EVENTS_AT_ONCE = 64,
        DATAGRAMS_IN_A_ROW = 64,
        SETTLE_MSEC = 5,
        SYNC_SEC = 60,
        COMPLETE_MSEC = 20,
};

void server_free(Server *s) {
        if (!s)
                return;
        guard_end(&s->guard);
        for (size_t i = 0; i < LEDGER_STREAMS; i++)
                fd_close(s->stream_fds[i]);
        for (size_t i = 0; i < SOCKET_KINDS; i++)
                fd_close(s->sockets[i]);
        fd_close(s->kernel);
        fd_close(s->signals);
        fd_close(s->epoll);
        service_notify_close(&s->notify);
        intake_free(s->intake);
        free(s);
}

static uint64_t now(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * USEC_PER_SEC + (uint64_t)t.tv_nsec / NSEC_PER_USEC;
}

/* By its name: one of the three sockets, or "stream-17". */
static void take_passed(int fd, const char *name, void *userdata) {
        Server *s = userdata;
        const char *number = text_after(name, "stream-");
        int kind = sockets_kind(name);
        uint32_t slot;

        if (kind >= 0 && s->sockets[kind] < 0)
                s->sockets[kind] = fd;
        else if (number && number_parse_u32(number, 10, &slot) >= 0)
                server_streams_adopt(s, slot, fd);
        else
                fd_close(fd);
}

static int open_sockets(Server *s, const char *runtime, Diag *diag) {
        for (int kind = 0; kind < SOCKET_KINDS; kind++) {
                const char *name = sockets_name((SocketKind)kind);
                int r = 0;

                if (s->sockets[kind] < 0) {
                        r = sockets_make((SocketKind)kind, runtime);
                        if (r < 0)
                                return diag_error(diag, r, "making the socket \"%s\" below %s: %s",
                                                  name, runtime, strerror(-r));
                        s->sockets[kind] = r;
                        r = service_notify_store(&s->notify, name, r);
                }
                if (r >= 0)
                        r = sockets_prepare((SocketKind)kind, s->sockets[kind]);
                if (r < 0)
                        return diag_error(diag, r, "the socket \"%s\": %s", name, strerror(-r));
        }
        return 0;
}

static int open_signals(Server *s) {
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGUSR1);
        sigaddset(&set, SIGPIPE);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return -errno;
        s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        return s->signals < 0 ? -errno : server_streams_wait_for(s, s->signals, SERVER_SIGNALS);
}

static int wait_for_all(Server *s) {
        int r = open_signals(s);

        if (r >= 0)
                r = server_streams_wait_for(s, s->sockets[SOCKET_SYSLOG], LEDGER_SYSLOG);
        if (r >= 0)
                r = server_streams_wait_for(s, s->sockets[SOCKET_NATIVE], LEDGER_NATIVE);
        if (r >= 0)
                r = server_streams_wait_for(s, s->sockets[SOCKET_STDOUT], SERVER_LISTENER);
        if (r < 0)
                return r;
        if (s->kernel >= 0 && server_streams_wait_for(s, s->kernel, LEDGER_KERNEL) < 0)
                fd_close(TAKE_FD(s->kernel));
        return 0;
}

static Server *new_server(Intake *intake) {
        Server *s = calloc(1, sizeof(*s));

        if (!s)
                return NULL;
        s->intake = intake;
        s->accepting = true; /* from wait_for_all() on */
        s->epoll = s->signals = s->kernel = s->notify.fd = -EBADF;
        for (size_t i = 0; i < SOCKET_KINDS; i++)
                s->sockets[i] = -EBADF;
        for (size_t i = 0; i < LEDGER_STREAMS; i++)
                s->stream_fds[i] = -EBADF;
        s->guard = (Guard){ .ledger = intake->ledger, .notify = &s->notify, .parent = -EBADF };
        return s;
}

/* A predecessor was killed while it accepted a connection, and that is not among what was passed:
 * the manager may have got it after it started us. */
static bool is_incomplete(Server *s) {
        const struct timespec wait = { .tv_nsec = COMPLETE_MSEC * 1000000 };
        uint32_t slot;

        if (!guard_was_left(s->intake->ledger, &slot) || slot >= LEDGER_STREAMS ||
            s->stream_fds[slot] >= 0)
                return false;
        nanosleep(&wait, NULL);
        return true;
}

int server_open(Intake *intake, const char *runtime, bool read_kernel, Server **ret, Diag *diag) {
        _cleanup_(server_freep) Server *s = new_server(intake);
        int r;

        if (!s)
                return -ENOMEM;
        r = service_notify_open(&s->notify);
        if (r < 0)
                return diag_error(diag, r, "NOTIFY_SOCKET: %s", strerror(-r));
        s->watchdog = service_notify_watchdog();
        s->epoll = epoll_create1(EPOLL_CLOEXEC);
        if (s->epoll < 0)
                return -errno;
        passed_fds_take(take_passed, s);
        if (is_incomplete(s))
                return diag_error(diag, -EAGAIN,
                                  "a connection is missing that was just made; start again");
        r = open_sockets(s, runtime, diag);
        if (r < 0)
                return r;
        intake_recover(intake, s->sockets[SOCKET_NATIVE]);
        server_streams_sort_out(s);
        if (read_kernel)
                s->kernel = open("/dev/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        r = wait_for_all(s);
        if (r < 0)
                return diag_error(diag, r, "waiting for the sockets: %s", strerror(-r));
        *ret = TAKE_PTR(s);
        return 0;
}

static void take_signals(Server *s) {
        struct signalfd_siginfo info;

        while (read(s->signals, &info, sizeof(info)) == sizeof(info)) {
                if (info.ssi_signo == SIGUSR1)
                        store_use_persistent(s->intake->store);
                else if (info.ssi_signo != SIGPIPE)
                        s->stopping = true;
        }
}

static void take_datagrams(Server *s, int fd, uint32_t source) {
        for (int i = 0; i < DATAGRAMS_IN_A_ROW && intake_datagram(s->intake, fd, source) > 0; i++)
                ;
}

static void take_kernel(Server *s) {
        for (int i = 0; i < DATAGRAMS_IN_A_ROW; i++) {
                int r = intake_kernel(s->intake, s->kernel);

                if (r < 0)
                        fd_close(TAKE_FD(s->kernel));
                if (r <= 0)
                        return;
        }
}

static void handle(Server *s, uint32_t what) {
        if (what < LEDGER_STREAMS)
                server_streams_read(s, what);
        else if (what == LEDGER_SYSLOG)
                take_datagrams(s, s->sockets[SOCKET_SYSLOG], what);
        else if (what == LEDGER_NATIVE)
                take_datagrams(s, s->sockets[SOCKET_NATIVE], what);
        else if (what == LEDGER_KERNEL)
                take_kernel(s);
        else if (what == SERVER_LISTENER)
                server_streams_accept(s);
        else
                take_signals(s);
}

/* Said again until there is room for it: the manager waits for nothing else. */
static void tell_ready(Server *s) {
        s->told_ready = s->told_ready || service_notify_send(&s->notify, "READY=1", -1) >= 0;
}

/* Until when may we sleep? In milliseconds, as epoll_wait() wants it. */
static int wait_time(const Server *s) {
        uint64_t wait = UINT64_MAX, t = now();

        if (s->unsettled || !s->told_ready)
                wait = SETTLE_MSEC * USEC_PER_MSEC;
        if (s->next_sync > 0)
                wait = MIN_OF(wait, s->next_sync > t ? s->next_sync - t : 0);
        if (s->watchdog > 0)
                wait = MIN_OF(wait, s->watchdog / 2);
        return wait == UINT64_MAX ? -1 : (int)MIN_OF(wait / USEC_PER_MSEC + 1, (uint64_t)INT32_MAX);
}

static void keep_time(Server *s) {
        if (s->next_sync > 0 && now() >= s->next_sync) {
                store_sync(s->intake->store);
                s->next_sync = 0;
        } else if (s->next_sync == 0 && store_is_unsynced(s->intake->store)) {
                s->next_sync = now() + SYNC_SEC * (uint64_t)USEC_PER_SEC;
        }
        if (s->watchdog > 0)
                (void)service_notify_send(&s->notify, "WATCHDOG=1", -1);
        tell_ready(s);
        if (s->unsettled)
                server_streams_settle(s);
}

int server_run(Server *s) {
        tell_ready(s);
        while (!s->stopping) {
                struct epoll_event events[EVENTS_AT_ONCE];
                int n = epoll_wait(s->epoll, events, EVENTS_AT_ONCE, wait_time(s));

                if (n < 0 && errno != EINTR)
                        return -errno;
                for (int i = 0; i < n; i++)
                        handle(s, events[i].data.u32);
                keep_time(s);
        }
        (void)service_notify_send(&s->notify, "STOPPING=1", -1);
        store_sync(s->intake->store);
        return 0;
}
