/*
 * A fatal signal in svinit is no end: the program executes itself anew, as the same
 * process with the same descriptors, and goes on with its state. What cannot be
 * right there is not taken over. Too many such signals in a row bring the machine
 * down in order, and a few more at once.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/lasting.h"
#include "supervisor/init/init.h"

#define MAGIC (0x73766e3100000000ULL | sizeof(State))
enum { FAULTS_MAX = 8, FAULTS_LAST = 12, ROW_S = 60 };

static State *state; /* for the handler, which has no other way to know */

static void keep(int fd) {
        if (fd > STDERR_FILENO)
                (void)fcntl(fd, F_SETFD, 0);
}

static _noreturn_ void go_down(void) {
        if (getpid() == 1)
                (void)reboot(RB_AUTOBOOT);
        _exit(EXIT_FAILURE);
}

static void on_fault(int number) {
        char argument[32];
        State *s = state;

        if (clock_now() - s->fault_at > ROW_S * CLOCK_SECOND) {
                s->fault_at = clock_now();
                s->faults = 0;
        }
        if (++s->faults > FAULTS_MAX)
                init_ask_final(s, s->after_crashes, EXIT_FAILURE);
        if (s->faults > FAULTS_LAST)
                go_down();
        init_say(s, "fatal signal %d in svinit; it starts itself anew", number);
        for (size_t i = 0; i < 4; i++)
                keep((const int[]){ s->memory, s->self, s->link, s->watchdog }[i]);
        for (uint32_t i = 0; i < s->fds_n && i < INIT_FDS_MAX; i++)
                keep(s->fds[i].fd);
        snprintf(argument, sizeof(argument), "--resume=%d", s->memory);
        (void)syscall(SYS_execveat, s->self, "", (char *[]){ (char *)"svinit", argument, NULL },
                      environ, AT_EMPTY_PATH);
        go_down();
}

int init_catch_faults(State *s) {
        state = s;
        return lasting_catch(on_fault);
}

State *init_new(void) {
        int memory;
        State *s = lasting_new(sizeof(State), &memory);

        if (s) {
                s->memory = memory;
                s->link = s->watchdog = -EBADF;
                s->first = s->sent = s->next = s->reaped = 1;
                s->magic = MAGIC;
        }
        return s;
}

static bool is_sound(const State *s, int memory) {
        return s->magic == MAGIC && s->memory == memory && s->fds_n <= INIT_FDS_MAX &&
               s->first <= s->sent && s->sent <= s->next &&
               s->next - s->first <= INIT_STATUSES_MAX && s->hang > 0 && s->hello.length == 0 &&
               s->role <= INIT_ROLE_SHELL && (s->role == INIT_ROLE_NONE || s->child > 1) &&
               s->final.number >= INIT_NONE && s->final.number <= INIT_EXIT &&
               s->manager[sizeof(s->manager) - 1] == '\0';
}

State *init_resume(int memory) {
        State *s = lasting_map(memory, sizeof(State));

        (void)close_range(STDERR_FILENO + 1, UINT32_MAX, CLOSE_RANGE_CLOEXEC);
        if (!s || !is_sound(s, memory))
                go_down();
        for (InitFd *f = s->fds; f < s->fds + s->fds_n; f++)
                if (f->fd <= STDERR_FILENO || fcntl(f->fd, F_GETFD) < 0 ||
                    f->length >= INIT_TEXT_MAX)
                        f->fd = 0;
        return s;
}
