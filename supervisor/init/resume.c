/*
 * A fatal signal in svinit is no end: the program executes itself anew, as the same
 * process with the same descriptors, and goes on with the state as it stands in
 * memory that outlives it. What cannot be right there is not taken over. Too many
 * such signals in a row end the machine in order, and a few more at once.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "supervisor/init/init.h"

#define MAGIC (0x73766e3100000000ULL | sizeof(State))
enum { FAULTS_MAX = 8, FAULTS_LAST = 12, ROW_S = 60, SIGNAL_STACK = 32768 };

/* For the handler, which has no other way to know. */
static State *state;

static int keep(int fd) {
        return fd > STDERR_FILENO && fcntl(fd, F_SETFD, 0) == 0 ? 0 : -errno;
}

static _noreturn_ void go_down(bool machine) {
        if (machine || getpid() == 1)
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
        init_say(s, "fatal signal %d in svinit; it starts itself anew", number);
        if (++s->faults > FAULTS_MAX)
                init_ask_final(s, s->after_crashes, EXIT_FAILURE);
        (void)keep(s->memory);
        (void)keep(s->self);
        (void)keep(s->link);
        (void)keep(s->watchdog);
        for (uint32_t i = 0; i < s->fds_n && i < INIT_FDS_MAX; i++)
                (void)keep(s->fds[i].fd);
        snprintf(argument, sizeof(argument), "--resume=%d", s->memory);
        if (s->faults <= FAULTS_LAST)
                (void)syscall(SYS_execveat, s->self, "",
                              (char *[]){ (char *)"svinit", argument, NULL }, environ,
                              AT_EMPTY_PATH);
        go_down(s->machine);
}

int init_catch_faults(State *s) {
        static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP };
        static char stack[SIGNAL_STACK];
        struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK };
        sigset_t set;

        state = s;
        if (sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof(stack) }, NULL) < 0)
                return -errno;
        sigfillset(&action.sa_mask);
        sigfillset(&set);
        for (size_t i = 0; i < ARRAY_SIZE(fatal); i++) {
                sigdelset(&set, fatal[i]);
                if (sigaction(fatal[i], &action, NULL) < 0)
                        return -errno;
        }
        return sigprocmask(SIG_SETMASK, &set, NULL) < 0 ? -errno : 0;
}

State *init_new(void) {
        int fd = memfd_create("svinit", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        State *s;

        if (fd < 0 || ftruncate(fd, sizeof(State)) < 0 ||
            fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
                return NULL;
        s = mmap(NULL, sizeof(State), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (s == MAP_FAILED)
                return NULL;
        s->memory = fd;
        s->link = s->watchdog = -EBADF;
        s->first = s->sent = s->next = s->reaped = 1;
        s->magic = MAGIC;
        return s;
}

static bool is_sound(const State *s, int memory) {
        return s->magic == MAGIC && s->memory == memory && s->fds_n <= INIT_FDS_MAX &&
               s->first <= s->sent && s->sent <= s->next &&
               s->next - s->first <= INIT_STATUSES_MAX && s->hang > 0 && s->hello.length == 0 &&
               s->role <= INIT_ROLE_SHELL && (s->role == INIT_ROLE_NONE || s->child > 1) &&
               s->final.number <= INIT_EXIT && s->manager[sizeof(s->manager) - 1] == '\0';
}

State *init_resume(int memory) {
        struct stat st;
        State *s = NULL;

        (void)close_range(STDERR_FILENO + 1, UINT32_MAX, CLOSE_RANGE_CLOEXEC);
        if (fstat(memory, &st) == 0 && st.st_size == sizeof(State))
                s = mmap(NULL, sizeof(State), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
        if (!s || s == MAP_FAILED || !is_sound(s, memory))
                go_down(false);
        for (uint32_t i = 0; i < s->fds_n; i++)
                if (s->fds[i].fd <= STDERR_FILENO || fcntl(s->fds[i].fd, F_GETFD) < 0 ||
                    s->fds[i].length >= INIT_TEXT_MAX)
                        s->fds[i].fd = 0;
        return s;
}
