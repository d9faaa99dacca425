/*
 * The child sleeps on its way out of recv(2), where a signal wakes it: the kernel waits for a
 * socket that lingers, or for a terminal, only as long as no signal is pending. A file of FUSE is
 * not flushed, as it never gets a number here.
 */
#include "supervisor/manager/notify-discard.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/clone-call.h"
#include "base/fd.h"

enum { LIFE_USEC = 200000, LOOK_NSEC = 50000 };

/* Nothing is closed before: that could sleep, too, and then it is not known what we have taken. */
static _noreturn_ void take(void *argument) {
        const int *socket = argument;
        const struct itimerval life = { .it_value.tv_usec = LIFE_USEC };
        sigset_t none;
        char byte;

        sigemptyset(&none);
        (void)signal(SIGALRM, SIG_DFL);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        if (setitimer(ITIMER_REAL, &life, NULL) == 0)
                (void)recv(*socket, &byte, sizeof(byte), MSG_DONTWAIT);
        _exit(0);
}

/* Until it is known whether the child has taken it, nobody else may take anything. */
static int wait_for(int child, int socket, NotifyDiscardAsk *is_still_there, const void *data) {
        const struct timespec look = { .tv_nsec = LOOK_NSEC };
        struct pollfd p = { .fd = child, .events = POLLIN };

        while (is_still_there(socket, data)) {
                if (poll(&p, 1, 0) > 0)
                        return is_still_there(socket, data) ? -ETIMEDOUT : 0;
                (void)nanosleep(&look, NULL);
        }
        return 0;
}

int notify_discard(int socket, NotifyDiscardAsk *is_still_there, const void *data) {
        _cleanup_fd_ int pidfd = -EBADF;
        struct clone_args args = { .flags = CLONE_PARENT | CLONE_PIDFD,
                                   .pidfd = (uint64_t)(uintptr_t)&pidfd };
        pid_t child = clone_copy(args, take, &socket);

        return child < 0 ? (int)child : wait_for(pidfd, socket, is_still_there, data);
}
