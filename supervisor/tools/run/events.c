/*
 * Waiting. SIGCHLD only says that something ended; who it was is asked with
 * waitid(), one at a time, before anything else is looked at.
 */
#include "supervisor/tools/run/events.h"

#include <poll.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

enum { MESSAGES_IN_A_ROW = 100 };

/* Signals that a process gets for what it did itself. */
static const int own[] = { SIGILL,  SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,  SIGSEGV, SIGSYS,
                           SIGPIPE, SIGTTIN, SIGTTOU, SIGXCPU, SIGXFSZ, SIGKILL, SIGSTOP };

void events_signals(sigset_t *ret) {
        sigfillset(ret);
        for (size_t i = 0; i < ARRAY_SIZE(own); i++)
                sigdelset(ret, own[i]);
}

static const int stops[] = { SIGTERM, SIGINT, SIGQUIT };

bool events_is_stop(int signal) {
        for (size_t i = 0; i < ARRAY_SIZE(stops); i++)
                if (signal == stops[i])
                        return true;
        return false;
}

static int open_signals(const sigset_t *set) {
        int fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);

        return fd < 0 ? -errno : fd;
}

int events_open(Events *e, int lifeline) {
        sigset_t set, stop, all;

        events_signals(&set);
        sigemptyset(&stop);
        for (size_t i = 0; i < ARRAY_SIZE(stops); i++)
                sigaddset(&stop, stops[i]);
        sigfillset(&all);
        if (sigprocmask(SIG_SETMASK, &all, NULL) < 0)
                return -errno;
        e->signal_fd = open_signals(&set);
        e->stop_fd = open_signals(&stop);
        e->lifeline = lifeline;
        return MIN_OF(e->signal_fd, e->stop_fd) < 0 ? MIN_OF(e->signal_fd, e->stop_fd) : 0;
}

void events_watch(Events *e, pid_t pid) {
        fd_close(TAKE_FD(e->watched));
        e->watched = pid > 0 ? pidfd_open(pid, 0) : -EBADF;
        e->watched_pid = pid;
}

static bool take_exit(Event *ret) {
        siginfo_t info = { 0 };

        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) < 0 || info.si_pid == 0)
                return false;
        *ret = (Event){ .kind = EVENT_EXITED,
                        .pid = info.si_pid,
                        .code = info.si_code,
                        .status = info.si_status };
        return true;
}

static bool take_signal(Events *e, Event *ret) {
        struct signalfd_siginfo info;

        while (read(e->signal_fd, &info, sizeof(info)) == sizeof(info)) {
                if (info.ssi_signo == SIGCHLD)
                        e->look_again = true;
                if (info.ssi_signo == SIGCHLD || info.ssi_signo == SIGPIPE)
                        continue;
                *ret = (Event){ .kind = EVENT_SIGNAL, .signal = (int)info.ssi_signo };
                return true;
        }
        return false;
}

static bool is_ready(int fd) {
        struct pollfd p = { .fd = fd, .events = POLLIN };

        return fd >= 0 && poll(&p, 1, 0) > 0;
}

/* From the caller: a request, or that time is up. */
static bool take_request(Events *e, uint64_t deadline, Event *ret) {
        if (take_signal(e, ret))
                return true;
        if (clock_now() < deadline)
                return false;
        *ret = (Event){ .kind = EVENT_TIMEOUT };
        return true;
}

/* After our own children, of whom more is known. */
static bool take_watched(Events *e, Event *ret) {
        if (!is_ready(e->watched))
                return false;
        *ret = (Event){ .kind = EVENT_EXITED, .pid = e->watched_pid, .code = CLD_EXITED };
        events_watch(e, 0);
        return true;
}

/* From the service. Readiness first: a service that notifies and exits at once did both. */
static bool take_news(Events *e, Event *ret) {
        if (e->messages < MESSAGES_IN_A_ROW && is_ready(e->notify)) {
                e->messages++;
                *ret = (Event){ .kind = EVENT_NOTIFY };
                return true;
        }
        e->messages = 0;
        return take_exit(ret) || take_watched(e, ret);
}

/* By turns, so that a service that forks or notifies without end keeps no request waiting, nor
 * signals without end the service's news. */
static bool take_any(Events *e, uint64_t deadline, Event *ret) {
        if (is_ready(e->lifeline)) {
                *ret = (Event){ .kind = EVENT_ABANDONED };
                return true;
        }
        e->turn = !e->turn;
        if (e->turn)
                return take_news(e, ret) || take_request(e, deadline, ret);
        return take_request(e, deadline, ret) || take_news(e, ret);
}

int events_next(Events *e, uint64_t deadline, Event *ret) {
        for (;;) {
                struct pollfd fds[] = {
                        { .fd = e->signal_fd, .events = POLLIN },
                        { .fd = e->lifeline, .events = POLLIN },
                        { .fd = e->notify, .events = POLLIN },
                        { .fd = e->watched, .events = POLLIN },
                };

                e->look_again = false;
                if (take_any(e, deadline, ret))
                        return 0;
                if (e->look_again) /* whose end it was may not have been asked for since */
                        continue;
                if (poll(fds, ARRAY_SIZE(fds), clock_poll_timeout(deadline)) < 0 && errno != EINTR)
                        return -errno;
        }
}
