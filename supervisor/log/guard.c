/*
 * The child has a copy of our memory and our own table of descriptors. It allocates nothing, and
 * ends as soon as it is told or we have ended.
 */
#include "supervisor/log/guard.h"

#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

enum { RETRY_MSEC = 10 };

void guard_slot_name(uint32_t slot, char ret[static GUARD_NAME_MAX]) {
        snprintf(ret, GUARD_NAME_MAX, "stream-%u", slot);
}

/* The manager knows who has sent a message only as long as the sender lives: sd_notify_barrier(3).
 * It may take its time to come back; one that is there ends us when it stops the service. */
static void wait_for_manager(const Guard *g) {
        int ends[2];
        struct pollfd p;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return;
        while (service_notify_send(g->notify, "BARRIER=1", ends[1]) == -EAGAIN)
                (void)poll(NULL, 0, RETRY_MSEC);
        fd_close(ends[1]);
        p = (struct pollfd){ .fd = ends[0] };
        while (poll(&p, 1, -1) < 0 && errno == EINTR)
                ;
}

/* The guard's own part: we, its parent, have ended. */
static void deposit(const Guard *g) {
        const LedgerPage *page = g->ledger->page;
        char name[GUARD_NAME_MAX];

        if (!atomic_load(&page->accepting) || fcntl(page->accept_fd, F_GETFD) < 0)
                return;
        guard_slot_name(page->accept_slot, name);
        while (service_notify_store(g->notify, name, page->accept_fd) == -EAGAIN)
                (void)poll(NULL, 0, RETRY_MSEC);
        wait_for_manager(g);
}

static _noreturn_ void wait_for_end(const Guard *g, int parent) {
        struct pollfd p = { .fd = parent, .events = POLLIN };

        (void)prctl(PR_SET_NAME, "svlogd-guard"); /* not to be taken for svlogd */
        while (poll(&p, 1, -1) < 0 && errno == EINTR)
                ;
        if (p.revents & POLLIN)
                deposit(g);
        _exit(0);
}

void guard_begin(Guard *g) {
        struct clone_args args = { .flags = CLONE_FILES, .exit_signal = SIGCHLD };
        _cleanup_fd_ int parent = -EBADF;
        long child;

        if (g->child > 0 || g->notify->fd < 0)
                return;
        /* closed by both at once, for the table is shared: it has to stay open until guard_end() */
        parent = pidfd_open(getpid(), 0);
        if (parent < 0)
                return;
        child = syscall(SYS_clone3, &args, sizeof(args));
        if (child == 0)
                wait_for_end(g, parent);
        if (child < 0)
                return;
        g->child = (pid_t)child;
        g->parent = TAKE_FD(parent);
}

void guard_expect(Guard *g, uint32_t slot, int listener) {
        LedgerPage *page = g->ledger->page;
        int lowest;

        if (g->child <= 0)
                return;
        lowest = fcntl(listener, F_DUPFD_CLOEXEC, 0);
        fd_close(lowest); /* the next one to be opened gets this number */
        page->accept_fd = lowest;
        page->accept_slot = slot;
        atomic_store(&page->accepting, 1);
}

void guard_settled(Guard *g) {
        atomic_store(&g->ledger->page->accepting, 0);
}

void guard_end(Guard *g) {
        if (g->child <= 0)
                return;
        kill(g->child, SIGKILL);
        while (waitpid(g->child, NULL, 0) < 0 && errno == EINTR)
                ;
        g->child = 0;
        fd_close(TAKE_FD(g->parent));
}

bool guard_was_left(Ledger *l, uint32_t *ret_slot) {
        *ret_slot = l->page->accept_slot;
        return atomic_exchange(&l->page->accepting, 0) != 0;
}
