/*
 * The killer, and the order of things: wait until all runs, kill, wait until all runs again, ask
 * for silence, compare, stop all, judge.
 */
#include "tests/torture/torture.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/text.h"

#define RECORDS "/run/svalinn/manager/units"
#define GROUPS  "/sys/fs/cgroup"

enum {
        RECORD_MAX = 1 << 20,
        FAULT_EVERY_S = 9, /* svinit allows 8 a minute */
        UNHEARD_MAX = 4,   /* managers that are killed in a row without a look at what they do */
};

static TortureService services[TORTURE_MAX];
static size_t n_services;
static TortureShared *shared;

/* ---- what all parts need ---- */

TortureShared *torture_share(bool make) {
        _cleanup_fd_ int fd =
                open(TORTURE_DIRECTORY "/.shared", O_RDWR | O_CLOEXEC | (make ? O_CREAT : 0), 0600);
        void *p = MAP_FAILED;

        /* who comes first makes it: all zero is right */
        if (fd < 0 && !make)
                return torture_share(true);
        if (fd >= 0 && ftruncate(fd, sizeof(TortureShared)) == 0)
                p = mmap(NULL, sizeof(TortureShared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        return p == MAP_FAILED ? NULL : p;
}

uint32_t torture_random(uint32_t below) {
        uint32_t n = 0;

        (void)!getrandom(&n, sizeof(n), 0);
        return n % below;
}

void torture_sleep(unsigned milliseconds) {
        struct timespec t = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };

        while (nanosleep(&t, &t) < 0)
                ;
}

void torture_note(const char *name, const char *format, ...) {
        _cleanup_fd_ int fd = -EBADF;
        char path[128], text[512];
        va_list ap;
        int n;

        snprintf(path, sizeof(path), TORTURE_DIRECTORY "/%s", name);
        va_start(ap, format);
        n = vsnprintf(text, sizeof(text) - 1, format, ap);
        va_end(ap);
        n = MIN_OF(n, (int)sizeof(text) - 2);
        text[n] = '\n';
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        (void)!write(fd, text, (size_t)n + 1);
}

/* "post" comes with what the manager says of the end. */
static int note(const char *name, const char *word) {
        const char *result = getenv("SERVICE_RESULT"), *code = getenv("EXIT_CODE"),
                   *status = getenv("EXIT_STATUS");

        if (text_eq(word, "post"))
                torture_note(name, "post %s %s %s", result ? result : "", code ? code : "",
                             status ? status : "");
        else
                torture_note(name, "%s", word);
        return EXIT_SUCCESS;
}

/* ---- records ---- */

static bool record_has(const char *unit, const char *key, const char *wanted, char **ret) {
        _cleanup_free_ char *text = NULL;
        char path[160], *rest, *line;

        snprintf(path, sizeof(path), RECORDS "/%s.service", unit);
        if (file_read_at(AT_FDCWD, path, RECORD_MAX, &text, NULL) < 0)
                return false;
        for (rest = text; (line = strsep(&rest, "\n"));) {
                const char *value = text_after(line, key);

                if (!value || *value != '=')
                        continue;
                if (ret)
                        *ret = strdup(value + 1);
                return !wanted || text_eq(value + 1, wanted);
        }
        return false;
}

static bool stays_as_it_should(const TortureService *s) {
        if (text_eq(s->kind->name, "once"))
                return record_has(s->name, "State", "exited", NULL);
        return text_eq(s->name, "t-toggle-0") || record_has(s->name, "State", "running", NULL);
}

/* How many of those that stay do not. */
static unsigned count_wrong(const char **ret_name) {
        unsigned n = 0;

        for (size_t i = 0; i < n_services; i++)
                if (!services[i].kind->restarts && !stays_as_it_should(&services[i])) {
                        *ret_name = services[i].name;
                        n++;
                }
        return n;
}

static bool wait_until_up(unsigned seconds, const char **ret_name) {
        uint64_t end = clock_now() + seconds * CLOCK_SECOND;

        while (count_wrong(ret_name) > 0) {
                if (clock_now() > end)
                        return false;
                torture_sleep(300);
        }
        return true;
}

static off_t notes_size(const TortureService *s) {
        char path[128];
        struct stat st;

        snprintf(path, sizeof(path), TORTURE_DIRECTORY "/%s", s->name);
        return stat(path, &st) == 0 ? st.st_size : 0;
}

/* Everything that restarts does so once more. */
static bool wait_for_progress(unsigned seconds, const char **ret_name) {
        uint64_t end = clock_now() + seconds * CLOCK_SECOND;
        off_t before[TORTURE_MAX] = { 0 };

        for (size_t i = 0; i < n_services; i++)
                before[i] = notes_size(&services[i]);
        for (size_t i = 0; i < n_services;) {
                if (!services[i].kind->restarts || notes_size(&services[i]) > before[i] + 40) {
                        i++;
                        continue;
                }
                *ret_name = services[i].name;
                if (clock_now() > end)
                        return false;
                torture_sleep(200);
        }
        return true;
}

/* ---- killing ---- */

static bool is_named(pid_t pid, const char *wanted) {
        char path[64], text[32];

        snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
        if (file_read_start_at(AT_FDCWD, path, text, sizeof(text)) <= 0)
                return false;
        text[strcspn(text, "\n")] = '\0';
        return text_eq(text, wanted);
}

/* The process NAME of a control group; 0: there is none now. Clones of the manager have its name,
 * but not its group. */
static pid_t find(const char *name, const char *group) {
        _cleanup_free_ char *text = NULL;
        char path[128], *rest, *line;
        int pid;

        snprintf(path, sizeof(path), GROUPS "/%s/cgroup.procs", group);
        if (file_read_at(AT_FDCWD, path, RECORD_MAX, &text, NULL) < 0)
                return 0;
        for (rest = text; (line = strsep(&rest, "\n"));)
                if (number_parse_int(line, &pid) >= 0 && is_named(pid, name))
                        return pid;
        return 0;
}

typedef struct Victim {
        const char *name, *group;
        unsigned weight, kills;
        int signal;
        bool wanted;
        pid_t last;
        uint64_t next; /* not before */
} Victim;

static Victim victims[] = {
        { "svmanager", "init.scope", 6, 0, SIGKILL, false, 0, 0 },
        { "svlogd", "system.slice/svlogd.service", 3, 0, SIGKILL, false, 0, 0 },
        { "svinit", NULL, 1, 0, SIGSEGV, false, 0, 0 },
};

static bool kill_one(Victim *v) {
        pid_t pid = v->group ? find(v->name, v->group) : 1;

        if (!v->wanted || pid == 0 || (v->group && pid == v->last) || clock_now() < v->next ||
            kill(pid, v->signal) < 0)
                return false;
        v->last = pid;
        v->kills++;
        if (!v->group)
                v->next = clock_now() + FAULT_EVERY_S * CLOCK_SECOND;
        return true;
}

/* Kills that come faster than a manager can begin are an end, and prove nothing: now and then one
 * has to answer before it dies. */
static void let_one_answer(void) {
        static unsigned killed;
        char said[256];

        if (victims[0].kills < killed + UNHEARD_MAX)
                return;
        killed = victims[0].kills;
        (void)torture_control((char *[]){ (char *)"svctl", (char *)"is-active",
                                          (char *)"t-steady-0.service", NULL },
                              said, sizeof(said));
}

static void kill_rounds(unsigned rounds, unsigned share) {
        uint64_t began = clock_now();

        for (unsigned n = 0; n < rounds;) {
                uint32_t which = torture_random(10), at = 0;

                for (size_t i = 0; i < ARRAY_SIZE(victims); i++) {
                        if (which >= at && which < at + victims[i].weight && kill_one(&victims[i]))
                                n++;
                        at += victims[i].weight;
                }
                let_one_answer();
                torture_sleep(torture_random(250) * share);
        }
        printf("    %u kills in %llu s:", rounds,
               (unsigned long long)((clock_now() - began) / CLOCK_SECOND));
        for (size_t i = 0; i < ARRAY_SIZE(victims); i++)
                printf(" %s %u", victims[i].name, victims[i].kills);
        putchar('\n');
}

/* ---- what they use ---- */

typedef struct Usage {
        uint32_t kilobytes;
        unsigned fds;
} Usage;

static Usage measure(pid_t pid) {
        _cleanup_(dir_closep) DIR *d = NULL;
        char path[64], text[4096], *line;
        Usage u = { 0 };

        snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
        if (file_read_start_at(AT_FDCWD, path, text, sizeof(text)) > 0 &&
            (line = strstr(text, "VmRSS:"))) {
                line += strlen("VmRSS:");
                line[strcspn(line, "k")] = '\0';
                (void)number_parse_u32(text_strip(line), 10, &u.kilobytes);
        }
        snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
        if (dir_open_at(AT_FDCWD, path, &d) >= 0)
                while (dir_next(d))
                        u.fds++;
        return u;
}

static void measure_all(Usage ret[static ARRAY_SIZE(victims)]) {
        for (size_t i = 0; i < ARRAY_SIZE(victims); i++)
                ret[i] = measure(victims[i].group ? find(victims[i].name, victims[i].group) : 1);
}

static void compare(const Usage *before, const Usage *after) {
        for (size_t i = 0; i < ARRAY_SIZE(victims); i++) {
                char what[64];

                snprintf(what, sizeof(what), "%s has not grown", victims[i].name);
                printf("    %s: %u kB and %u descriptors before, %u kB and %u after\n",
                       victims[i].name, before[i].kilobytes, before[i].fds, after[i].kilobytes,
                       after[i].fds);
                /* a connection of a client, a start that is going on */
                torture_check(after[i].kilobytes > 0 &&
                                      after[i].kilobytes < before[i].kilobytes * 3 / 2 + 1024 &&
                                      after[i].fds < before[i].fds + 24,
                              what, "see above");
        }
}

/* ---- the order of things ---- */

static void check_statuses(void) {
        for (size_t i = 0; i < n_services; i++) {
                _cleanup_free_ char *text = NULL;
                char wanted[16];

                if (!text_eq(services[i].kind->name, "status"))
                        continue;
                snprintf(wanted, sizeof(wanted), "%u", (unsigned)shared->of[i].statuses);
                (void)record_has(services[i].name, "StatusText", wanted, &text);
                if (!text_eq(text ? text : "", wanted)) {
                        torture_check(false, "the last notification of each has arrived",
                                      "%s has said %s, known is %s", services[i].name, wanted,
                                      text ? text : "nothing");
                        return;
                }
        }
        torture_check(true, "the last notification of each has arrived", "-");
}

static bool is_gone(const char *name) {
        char path[160];

        snprintf(path, sizeof(path), GROUPS "/system.slice/%s.service", name);
        return access(path, F_OK) < 0;
}

/* A manager that was killed late has to begin first. */
static bool goes(const char *name) {
        for (unsigned i = 0; i < 50 && !is_gone(name); i++)
                torture_sleep(100);
        return is_gone(name);
}

static void stop_all(void) {
        char units[TORTURE_MAX][TORTURE_NAME_MAX + 8], said[256];
        char *arguments[TORTURE_MAX + 3] = { (char *)"svctl", (char *)"stop" };
        const char *left = NULL;
        int status;

        for (size_t i = 0; i < n_services; i++) {
                snprintf(units[i], sizeof(units[0]), "%s.service", services[i].name);
                arguments[2 + i] = units[i];
        }
        status = torture_control(arguments, said, sizeof(said));
        torture_check(status == 0, "all can be stopped", "status %d, %s", status, said);
        for (size_t i = 0; i < n_services; i++)
                left = goes(services[i].name) ? left : services[i].name;
        torture_check(!left, "no control group is left", "%s", left);
}

static void end_clients(const pid_t *clients) {
        for (int i = 0; i < TORTURE_CLIENTS; i++) {
                (void)kill(clients[i], SIGKILL);
                (void)waitpid(clients[i], NULL, 0);
        }
}

static int torment(unsigned rounds, unsigned share) {
        Usage before[ARRAY_SIZE(victims)], after[ARRAY_SIZE(victims)];
        pid_t clients[TORTURE_CLIENTS];
        const char *name = "";
        bool up = wait_until_up(120 * share, &name);

        torture_check(up, "all services come up", "%s does not", name);
        if (!up)
                return torture_failed();
        measure_all(before);
        torture_clients(share, clients);
        kill_rounds(rounds, share);
        up = wait_for_progress(180 * share, &name);
        torture_check(up, "what restarts still does", "%s does not", name);
        end_clients(clients);
        up = wait_until_up(60 * share, &name);
        torture_check(up, "what runs still runs", "%s does not", name);
        shared->quiet = true;
        torture_sleep(5000 * share);
        measure_all(after);
        check_statuses();
        stop_all();
        torture_judge(services, n_services, shared);
        compare(before, after);
        return torture_failed();
}

static int run(int argc, char *argv[]) {
        uint32_t rounds, share;

        if (argc < 2 || number_parse_u32(argv[0], 10, &rounds) < 0 ||
            number_parse_u32(argv[1], 10, &share) < 0 || share == 0)
                return 2;
        for (int i = 2; i < argc; i++)
                for (size_t k = 0; k < ARRAY_SIZE(victims); k++)
                        victims[k].wanted |= text_eq(argv[i], victims[k].name);
        n_services = torture_list(share, services);
        (void)mkdir(TORTURE_DIRECTORY, 0755);
        shared = torture_share(true);
        if (!shared)
                return EXIT_FAILURE;
        shared->share = share;
        return torment(rounds, share);
}

int main(int argc, char *argv[]) {
        uint32_t number;

        if (argc == 4 && text_eq(argv[1], "prepare") &&
            number_parse_u32(argv[3], 10, &number) >= 0 && number > 0)
                return torture_prepare(argv[2], number);
        if (argc == 5 && text_eq(argv[1], "service") && number_parse_u32(argv[4], 10, &number) >= 0)
                return torture_service(argv[2], argv[3], number);
        if (argc == 4 && text_eq(argv[1], "note"))
                return note(argv[2], argv[3]);
        if (argc > 3 && text_eq(argv[1], "run"))
                return run(argc - 2, argv + 2);
        fprintf(stderr, "torture: see tests/torture/torture.h\n");
        return 2;
}
