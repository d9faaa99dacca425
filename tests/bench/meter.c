/*
 * Measures what a supervisor does with the services of service.c. It runs in the supervisor's own
 * container, so that pids are the ones that the services wrote into their slots.
 *
 *     meter start SLOTS N COMMAND...   from the command to the last of N services that runs
 *     meter stop SLOTS N COMMAND...    from the command to the end of the last process
 *     meter restart SLOTS TIMES        from a SIGKILL to the next process of the first service
 *     meter bare SLOTS N SERVICE       start and stop by a loop of fork, exec and wait
 *     meter hold                       be process 1, and reap
 *
 * Prints microseconds; "restart" a line for each time. A command that fails, and whatever takes
 * longer than a minute, ends the measurement with an error.
 */
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/number.h"
#include "tests/bench/slots.h"

#define TIMEOUT_NS (60 * 1000000000LL)

static _noreturn_ void give_up(const char *what) {
        fprintf(stderr, "meter: %s\n", what);
        exit(EXIT_FAILURE);
}

static void doze(int64_t began, long nanoseconds) {
        if (slots_now() - began > TIMEOUT_NS)
                give_up("it takes too long");
        nanosleep(&(struct timespec){ .tv_nsec = nanoseconds }, NULL);
}

static void print_span(int64_t began, int64_t ended) {
        printf("%lld\n", (long long)(ended - began) / 1000);
}

static volatile Slot *open_slots(const char *path, size_t n) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        struct stat st;
        void *slots;

        if (fd < 0 || fstat(fd, &st) < 0 ||
            ftruncate(fd, MAX_OF(st.st_size, (off_t)(n * sizeof(Slot)))) < 0)
                give_up("the slots cannot be made");
        slots = mmap(NULL, n * sizeof(Slot), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (slots == MAP_FAILED)
                give_up("the slots cannot be mapped");
        return slots;
}

/* What it has to say is no result. */
static pid_t spawn(char *const command[]) {
        posix_spawn_file_actions_t actions;
        pid_t pid;

        if (posix_spawn_file_actions_init(&actions) != 0 ||
            posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO) != 0 ||
            posix_spawnp(&pid, command[0], &actions, NULL, command, environ) != 0)
                give_up("the command cannot be run");
        posix_spawn_file_actions_destroy(&actions);
        return pid;
}

static void wait_for(pid_t pid) {
        int status;

        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        give_up("the command is lost");
        if (status != 0)
                give_up("the command has failed");
}

/* When the last of the services began. */
static int64_t wait_until_all_run(volatile Slot *slots, size_t n, int64_t began) {
        int64_t last = 0;

        for (size_t i = 0; i < n; i++) {
                while (slots[i].started == 0)
                        doze(began, 1000000);
                last = MAX_OF(last, slots[i].started);
        }
        return last;
}

static void start(volatile Slot *slots, size_t n, char *const command[]) {
        int64_t began;
        pid_t pid;

        for (size_t i = 0; i < n; i++)
                slots[i].started = 0;
        began = slots_now();
        pid = spawn(command);
        print_span(began, wait_until_all_run(slots, n, began));
        wait_for(pid);
}

static void stop(volatile Slot *slots, size_t n, char *const command[]) {
        int *fds = calloc(n, sizeof(int));
        int64_t began;
        pid_t pid;

        if (!fds)
                give_up("no memory");
        for (size_t i = 0; i < n; i++) {
                fds[i] = pidfd_open(slots[i].pid, 0);
                if (fds[i] < 0)
                        give_up("a service has ended already");
        }
        began = slots_now();
        pid = spawn(command);
        for (size_t i = 0; i < n; i++) {
                struct pollfd end = { .fd = fds[i], .events = POLLIN };

                if (poll(&end, 1, (int)(TIMEOUT_NS / 1000000)) != 1)
                        give_up("a service does not end");
        }
        print_span(began, slots_now());
        wait_for(pid);
        free(fds);
}

static void restart(volatile Slot *slots, size_t times) {
        for (size_t i = 0; i < times; i++) {
                int64_t began;

                doze(slots_now(), 50000000);
                began = slots_now();
                if (slots[0].started == 0 || kill(slots[0].pid, SIGKILL) < 0)
                        give_up("the service does not run");
                while (slots[0].started < began)
                        doze(began, 100000);
                print_span(began, slots[0].started);
        }
}

static void bare(volatile Slot *slots, size_t n, char *service, char *path) {
        pid_t *pids = calloc(n, sizeof(pid_t));
        int64_t began = slots_now();
        char number[24];

        if (!pids)
                give_up("no memory");
        for (size_t i = 0; i < n; i++) {
                snprintf(number, sizeof(number), "%zu", i);
                slots[i].started = 0;
                pids[i] = spawn((char *[]){ service, path, number, NULL });
        }
        print_span(began, wait_until_all_run(slots, n, began));
        began = slots_now();
        for (size_t i = 0; i < n; i++)
                (void)kill(pids[i], SIGTERM);
        for (size_t i = 0; i < n; i++)
                if (waitpid(pids[i], NULL, 0) < 0)
                        give_up("a service is lost");
        print_span(began, slots_now());
        free(pids);
}

static _noreturn_ void hold(void) {
        sigset_t child;

        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        sigprocmask(SIG_BLOCK, &child, NULL);
        for (;;) {
                while (waitpid(-1, NULL, WNOHANG) > 0)
                        continue;
                sigwaitinfo(&child, NULL);
        }
}

int main(int argc, char *argv[]) {
        struct rlimit files;
        uint32_t n;

        if (argc == 2 && strcmp(argv[1], "hold") == 0)
                hold();
        if (argc < 4 || number_parse_u32(argv[3], 10, &n) < 0 || n == 0)
                return 2;
        if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
                files.rlim_cur = files.rlim_max;
                (void)setrlimit(RLIMIT_NOFILE, &files);
        }
        if (strcmp(argv[1], "start") == 0 && argc > 4)
                start(open_slots(argv[2], n), n, argv + 4);
        else if (strcmp(argv[1], "stop") == 0 && argc > 4)
                stop(open_slots(argv[2], n), n, argv + 4);
        else if (strcmp(argv[1], "restart") == 0)
                restart(open_slots(argv[2], 1), n);
        else if (strcmp(argv[1], "bare") == 0 && argc == 5)
                bare(open_slots(argv[2], n), n, argv[4], argv[2]);
        else
                return 2;
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
