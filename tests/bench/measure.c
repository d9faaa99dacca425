/*
 * Runs several commands in turn, round after round, and prints how long each
 * takes: one after the other in every round, so that whatever else the machine
 * does meets all of them alike. There is no shell in the loop.
 *
 *     measure [--rewind FD] ROUNDS :: NAME COMMAND [ARGUMENT]... [:: NAME ...]...
 *
 * Prints "NAME MEDIAN MINIMUM NINTH-DECILE PEAK-MEMORY" a line, separated by
 * tabs, in microseconds and kB. A command that fails ends the measurement.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/number.h"

enum { CONTENDERS = 32, WARM_UP = 5 };

typedef struct Contender {
        const char *name;
        char **command;
        double *times;
        long peak;
} Contender;

static double now(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

/* Returns the microseconds, or ends everything. */
static double run(Contender *c) {
        struct rusage usage;
        double began = now(), took;
        int status, r;
        pid_t pid;

        r = posix_spawn(&pid, c->command[0], NULL, NULL, c->command, environ);
        if (r != 0) {
                fprintf(stderr, "measure: %s: cannot run %s: %s\n", c->name, c->command[0],
                        strerror(r));
                exit(EXIT_FAILURE);
        }
        if (wait4(pid, &status, 0, &usage) < 0)
                exit(EXIT_FAILURE);
        took = now() - began;
        if (status != 0) {
                fprintf(stderr, "measure: %s failed: %s %d\n", c->name,
                        WIFEXITED(status) ? "status" : "signal",
                        WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
                exit(EXIT_FAILURE);
        }
        c->peak = MAX_OF(c->peak, usage.ru_maxrss);
        return took;
}

/* Cuts the arguments at each "::". */
static size_t take_contenders(char **arguments, Contender *c, size_t rounds) {
        size_t n = 0;

        for (char **a = arguments; *a; a++) {
                if (strcmp(*a, "::") != 0)
                        continue;
                *a = NULL;
                if (!a[1] || !a[2] || n == CONTENDERS)
                        return 0;
                c[n] = (Contender){ .name = a[1],
                                    .command = a + 2,
                                    .times = calloc(rounds, sizeof(double)) };
                if (!c[n++].times)
                        return 0;
        }
        return n;
}

static void measure(Contender *c, size_t n, size_t rounds, int rewind_fd) {
        for (size_t round = 0; round < rounds + WARM_UP; round++)
                for (size_t i = 0; i < n; i++) {
                        double took;

                        if (rewind_fd >= 0)
                                (void)lseek(rewind_fd, 0, SEEK_SET);
                        took = run(&c[i]);
                        if (round >= WARM_UP)
                                c[i].times[round - WARM_UP] = took;
                }
}

int main(int argc, char *argv[]) {
        Contender contenders[CONTENDERS];
        int at = 1, rewind_fd = -EBADF;
        uint32_t fd, rounds = 0;
        size_t n = 0;

        if (argc > 3 && strcmp(argv[1], "--rewind") == 0 &&
            number_parse_u32(argv[2], 10, &fd) >= 0) {
                rewind_fd = (int)fd;
                at = 3;
        }
        if (argc > at && number_parse_u32(argv[at], 10, &rounds) >= 0 && rounds > 0)
                n = take_contenders(argv + at + 1, contenders, rounds);
        if (n == 0) {
                fputs("usage: measure [--rewind FD] ROUNDS :: NAME COMMAND [ARGUMENT]...\n",
                      stderr);
                return 2;
        }
        measure(contenders, n, rounds, rewind_fd);
        for (size_t i = 0; i < n; i++) {
                double *t = contenders[i].times;

                qsort(t, rounds, sizeof(*t), compare);
                printf("%s\t%.0f\t%.0f\t%.0f\t%ld\n", contenders[i].name, t[rounds / 2], t[0],
                       t[rounds * 9 / 10], contenders[i].peak);
                free(t);
        }
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
