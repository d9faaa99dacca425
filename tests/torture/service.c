/*
 * What the services do. Each note is written before what it tells of, so that a note without its
 * effect means that somebody has lost it.
 *
 * SIGTERM waits while a line is written: the counter and the log must not differ for that.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/number.h"
#include "base/text.h"
#include "tests/torture/torture.h"

typedef struct Self {
        const char *name;
        unsigned index;
        TortureShared *shared;
        TortureCounts *counts;
        unsigned slow;
} Self;

static void say_line(const Self *s) {
        sigset_t term;
        char line[96];
        int n;

        if (s->shared->quiet)
                return;
        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        (void)sigprocmask(SIG_BLOCK, &term, NULL);
        n = snprintf(line, sizeof(line), "line %u of %s\n", (unsigned)s->counts->lines + 1,
                     s->name);
        if (write(STDOUT_FILENO, line, (size_t)n) == n)
                s->counts->lines++;
        else
                torture_note("clients", "%s cannot write to its log: %m", s->name);
        (void)sigprocmask(SIG_UNBLOCK, &term, NULL);
}

static void live(const Self *s) {
        for (unsigned i = torture_random(6) + 1; i > 0; i--) {
                say_line(s);
                torture_sleep((500 + torture_random(3000)) * s->slow);
        }
}

static _noreturn_ void die(const Self *s) {
        static const struct {
                int number;
                const char *name;
        } signals[] = { { SIGKILL, "KILL" }, { SIGUSR2, "USR2" }, { SIGHUP, "HUP" } };
        uint32_t how = torture_random(9);
        sigset_t term;

        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        (void)sigprocmask(SIG_BLOCK, &term, NULL); /* the note is the truth */
        if (how >= ARRAY_SIZE(signals)) {
                torture_note(s->name, "end exited %u", (unsigned)how);
                _exit((int)how);
        }
        torture_note(s->name, "end killed %s", signals[how].name);
        for (;;)
                (void)kill(getpid(), signals[how].number);
}

static _noreturn_ void stay(const Self *s) {
        for (;;) {
                say_line(s);
                torture_sleep((500 + torture_random(3000)) * s->slow);
        }
}

static void ready(void) {
        if (sd_notify(false, "READY=1") <= 0)
                torture_note("clients", "READY=1 cannot be sent");
}

/* ---- the kinds ---- */

static void steady(const Self *s) {
        stay(s);
}

static void crash(const Self *s) {
        live(s);
        die(s);
}

/* The parent has said all when it exits: the child waits for that, so that its end is news. */
static void fork_away(const Self *s, bool with_file) {
        char path[96], text[16];
        pid_t pid = fork();
        FILE *f;

        if (pid == 0) {
                while (getppid() != 1)
                        torture_sleep(10);
                torture_sleep(1500 * s->slow); /* until it has been found */
                live(s);
                die(s);
        }
        snprintf(path, sizeof(path), TORTURE_DIRECTORY "/%s.pid", s->name);
        snprintf(text, sizeof(text), "%d\n", (int)pid);
        f = with_file ? fopen(path, "we") : NULL;
        if (f) {
                fputs(text, f);
                fclose(f);
        }
        _exit(pid < 0 ? 1 : 0);
}

static void forks(const Self *s) {
        fork_away(s, true);
}

static void guess(const Self *s) {
        fork_away(s, false);
}

static void once(const Self *s) {
        say_line(s);
        _exit(0);
}

static void notify(const Self *s) {
        torture_sleep(torture_random(200));
        ready();
        live(s);
        die(s);
}

static void status(const Self *s) {
        ready();
        for (;;) {
                torture_sleep(400 * s->slow);
                if (s->shared->quiet)
                        continue;
                s->counts->statuses++;
                (void)sd_notifyf(false, "STATUS=%u", (unsigned)s->counts->statuses);
        }
}

static void reload(const Self *s) {
        sigset_t hup;
        int number;

        sigemptyset(&hup);
        sigaddset(&hup, SIGHUP);
        (void)sigprocmask(SIG_BLOCK, &hup, NULL);
        ready();
        while (sigwait(&hup, &number) == 0) {
                (void)sd_notifyf(false, "RELOADING=1\nMONOTONIC_USEC=%llu",
                                 (unsigned long long)clock_now());
                s->counts->reloads++;
                ready();
        }
}

static void dog(const Self *s) {
        ready();
        for (;;) {
                torture_sleep(500);
                (void)sd_notify(false, "WATCHDOG=1");
        }
}

static void hang(const Self *s) {
        ready();
        for (uint32_t i = torture_random(4); i > 0; i--) {
                (void)sd_notify(false, "WATCHDOG=1");
                torture_sleep(300);
        }
        torture_note(s->name, "end killed KILL");
        for (;;)
                pause();
}

/* A memory that counts the starts; only the store of the manager remembers it. */
static void keeps(const Self *s) {
        const char *names = getenv("LISTEN_FDNAMES"), *n = getenv("LISTEN_FDS");
        uint32_t count = 0;
        int fd = SD_LISTEN_FDS_START;

        if (names && n && text_eq(names, "memory") && text_eq(n, "1")) {
                (void)!pread(fd, &count, sizeof(count), 0);
        } else {
                fd = memfd_create("memory", MFD_CLOEXEC);
                (void)sd_pid_notify_with_fds(0, false, "FDSTORE=1\nFDNAME=memory", &fd, 1);
        }
        count++;
        (void)!pwrite(fd, &count, sizeof(count), 0);
        torture_note(s->name, "memory %u", count);
        ready();
        live(s);
        die(s);
}

static const struct {
        const char *kind;
        void (*run)(const Self *s);
} kinds[] = {
        { "steady", steady },  { "crash", crash },   { "forks", forks },   { "guess", guess },
        { "once", once },      { "notify", notify }, { "status", status }, { "reload", reload },
        { "command", steady }, { "idle", crash },    { "dog", dog },       { "hang", hang },
        { "keeps", keeps },    { "order", crash },   { "toggle", steady },
};

int torture_service(const char *kind, const char *name, unsigned index) {
        Self s = { .name = name, .index = index, .shared = torture_share(false) };

        if (!s.shared || index >= TORTURE_MAX)
                return EXIT_FAILURE;
        s.counts = &s.shared->of[index];
        s.slow = MAX_OF(s.shared->share, 1U); /* 0: the killer has not come yet */
        torture_note(name, "begin");
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
                if (text_eq(kind, kinds[i].kind))
                        kinds[i].run(&s);
        return EXIT_FAILURE;
}
