/*
 * The one child that is svinit's own business: the manager, or a shell when the
 * manager has ended too often. The ends of all the other children are noted, then
 * reaped, and kept until the manager says that it has written them down.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/machine/watchdog.h"
#include "supervisor/init/init.h"

#define SPACING (CLOCK_SECOND / 10) /* between two starts; doubled by each failed one */
enum { DOUBLINGS = 6, SETTLED_S = 10, ABORT_S = 5 };

static _noreturn_ void become(const State *s, InitRole role, int link) {
        sigset_t none;

        sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        (void)setrlimit(RLIMIT_NOFILE, &s->files);
        (void)setsid();
        if (role == INIT_ROLE_SHELL) {
                (void)ioctl(STDIN_FILENO, TIOCSCTTY, 1);
                execl("/sbin/sulogin", "sulogin", NULL);
                execl("/bin/sh", "sh", NULL);
        } else if (link == INIT_SOCKET ? fcntl(link, F_SETFD, 0) == 0
                                       : dup2(link, INIT_SOCKET) >= 0)
                execl(s->manager, s->manager, NULL);
        init_say(s, "cannot start %s: %m", role == INIT_ROLE_SHELL ? "a shell" : s->manager);
        _exit(EXIT_FAILURE);
}

static void start(State *s, InitRole role) {
        int ends[2];
        pid_t pid;

        s->start_at = clock_now() + CLOCK_SECOND; /* if this fails */
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
                return;
        s->greeted = s->synced = false;
        s->talked = true; /* it is asked at once */
        s->sent = s->first;
        s->signals_sent = s->ready_at = s->fds_sent = 0;
        s->watch = INIT_WATCH_PING;
        s->started_at = clock_now();
        s->watch_at = role == INIT_ROLE_MANAGER ? s->started_at : CLOCK_FOREVER;
        pid = fork();
        if (pid == 0)
                become(s, role, ends[1]);
        close(ends[1]);
        s->link = role == INIT_ROLE_MANAGER && pid > 0 ? ends[0] : -EBADF;
        s->child = pid;
        init_fence();
        s->role = pid > 0 ? role : INIT_ROLE_NONE;
        fd_close(s->link < 0 ? ends[0] : -EBADF);
}

/* One that closes its socket may be about to end, of which its status tells more. */
void init_break(State *s, int error) {
        if (error != -EPIPE) {
                init_say(s, "the manager has sent what is no message; it is killed");
                s->hello.flags |= INIT_WAS_BROKEN;
        }
        (void)kill(s->child, SIGKILL); /* before it can see that the socket is closed */
        fd_close(TAKE_FD(s->link));
}

/* What the manager said before its end counts. */
static void child_ended(State *s, const siginfo_t *end) {
        bool manager = s->role == INIT_ROLE_MANAGER, wanted, settled;

        while (s->link >= 0 && init_receive(s) > 0)
                ;
        fd_close(TAKE_FD(s->link));
        settled = s->ready_at && clock_now() > s->ready_at + SETTLED_S * CLOCK_SECOND;
        wanted = s->ready_at && end->si_code == CLD_EXITED && end->si_status == 0;
        s->crashes = (settled || !manager ? 0 : s->crashes) + (manager && !wanted);
        s->unready = s->ready_at || !manager ? 0 : s->unready + 1;
        s->start_at = s->started_at + (SPACING << MIN_OF(s->unready, DOUBLINGS));
        s->hello.id += manager;
        s->hello.code = end->si_code;
        s->hello.status = end->si_status;
        s->role = INIT_ROLE_NONE;
        init_say(s, "the %s has ended with %s %d", manager ? "manager" : "shell",
                 end->si_code == CLD_EXITED ? "status" : "signal", end->si_status);
}

/* A fatal signal between noting and reaping must not note it again. */
static void note(State *s, const siginfo_t *end) {
        if (s->reaped != s->next &&
            s->statuses[(s->next - 1) % INIT_STATUSES_MAX].pid == end->si_pid)
                return;
        s->statuses[s->next % INIT_STATUSES_MAX] =
                (InitStatus){ end->si_pid, end->si_code, end->si_status };
        init_fence();
        s->next++;
}

void init_reap(State *s) {
        for (;;) {
                bool room = s->next - s->first < INIT_STATUSES_MAX, own = s->role != INIT_ROLE_NONE;
                siginfo_t end = { 0 };

                if ((!room && !own) ||
                    waitid(room ? P_ALL : P_PID, (id_t)s->child, &end,
                           WEXITED | WNOHANG | WNOWAIT | __WALL) < 0 ||
                    end.si_pid == 0)
                        return;
                if (own && end.si_pid == s->child)
                        child_ended(s, &end);
                else
                        note(s, &end);
                (void)waitid(P_PID, (id_t)end.si_pid, &end, WEXITED | WNOHANG | __WALL);
                s->reaped = s->next;
        }
}

static void too_many_crashes(State *s) {
        init_say(s, "the manager has ended %u times in a row", s->crashes);
        s->crashes = 0;
        if (s->after_crashes == INIT_SHELL && !s->adjacent) {
                watchdog_feed(s->watchdog, 0);
                start(s, INIT_ROLE_SHELL);
        } else
                init_ask_final(s, s->after_crashes, EXIT_FAILURE);
}

/* Asks for a sign of life; the next time ends a manager that gave none, and then by force. */
static void watch(State *s, uint64_t now) {
        static const int signals[] = { [INIT_WATCH_ABORT] = SIGABRT, [INIT_WATCH_KILL] = SIGKILL };
        uint64_t half = s->hang * CLOCK_SECOND / 2;

        if (s->watch == INIT_WATCH_PING)
                s->ping++;
        else
                (void)kill(s->child, signals[s->watch]);
        if (s->watch == INIT_WATCH_ABORT) {
                init_say(s, "the manager makes no progress; it is aborted");
                s->hello.flags |= INIT_WAS_HUNG;
        }
        s->talked = false;
        s->watch_at = now + (s->watch == INIT_WATCH_PING ? half : ABORT_S * CLOCK_SECOND);
        s->watch = INIT_WATCH_KILL - (s->watch == INIT_WATCH_PING);
}

/* Only what makes an idle manager work can hang it, and there is no watchdog to be fed: so it is
 * not woken up to be asked, until somebody wants something of it. */
static bool is_idle(const State *s) {
        return s->watch == INIT_WATCH_PING && s->watchdog < 0 && !s->talked &&
               s->first == s->next && !s->signals;
}

uint64_t init_due(State *s) {
        uint64_t now = clock_now();

        if (s->role == INIT_ROLE_NONE && s->crashes_max && s->crashes >= s->crashes_max)
                too_many_crashes(s);
        else if (s->role == INIT_ROLE_NONE && now >= s->start_at)
                start(s, INIT_ROLE_MANAGER);
        if (s->role == INIT_ROLE_MANAGER && now >= s->watch_at && !is_idle(s))
                watch(s, now);
        return s->role == INIT_ROLE_NONE ? s->start_at : is_idle(s) ? CLOCK_FOREVER : s->watch_at;
}
