/* Protects the log files: whole lines, within bounds, and each once whatever svlogd died of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/remove-tree.h"
#include "base/text.h"
#include "supervisor/log/intake.h"

enum { KILOBYTE = 1024, TEXT_MAX = 1 << 24 };

typedef struct Place {
        char dir[64];
        char logs[80];
        int fd; /* of dir */
        StoreSettings settings;
} Place;

static int set_up(void **state) {
        Place *p = calloc(1, sizeof(*p));

        strcpy(p->dir, "/tmp/svlogd-store.XXXXXX");
        assert_non_null(mkdtemp(p->dir));
        snprintf(p->logs, sizeof(p->logs), "%s/logs", p->dir);
        p->fd = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(p->fd >= 0);
        p->settings = (StoreSettings){
                .volatile_dir = p->logs,
                .volatile_limits = { .unit_max = 64 * KILOBYTE, .total_max = 256 * KILOBYTE },
        };
        *state = p;
        return 0;
}

static int tear_down(void **state) {
        Place *p = *state;
        int r = remove_tree_at(AT_FDCWD, p->dir);

        close(p->fd);
        free(p);
        return r;
}

static char *content(const Place *p, const char *name) {
        char path[64], *text;

        snprintf(path, sizeof(path), "logs/%s", name);
        return file_read_at(p->fd, path, TEXT_MAX, &text, NULL) < 0 ? strdup("(none)") : text;
}

static void check_content(const Place *p, const char *name, const char *expected) {
        _cleanup_free_ char *text = content(p, name);

        assert_string_equal(text, expected);
}

static void put(Store *s, const char *unit, const char *text) {
        LogFile *f;

        assert_int_equal(store_file(s, unit, &f), 0);
        assert_int_equal(store_write(s, f, text, strlen(text), store_place(s, f, strlen(text))), 0);
}

static void test_torn_tail_is_cut_off(void **state) {
        static const char lines[] = "first line\nsecond line\n";
        Place *p = *state;

        for (size_t cut = 0; cut < sizeof(lines); cut++) {
                _cleanup_(store_freep) Store *s = NULL;
                char expected[64] = "";

                assert_int_equal(store_open(&p->settings, &s), 0);
                store_free(TAKE_PTR(s)); /* the directory is there */
                assert_int_equal(mkdirat(p->fd, "logs", 0700), -1);
                (void)unlinkat(p->fd, "logs/a.service.log", 0);
                memcpy(expected, lines, cut);
                assert_int_equal(file_write_atomic_at(p->fd, "logs/a.service.log", expected, 0600),
                                 0);
                assert_int_equal(store_open(&p->settings, &s), 0);
                put(s, "a.service", "new\n");
                expected[cut >= 23 ? 23 : cut >= 11 ? 11 : 0] = '\0';
                strcat(expected, "new\n");
                check_content(p, "a.service.log", expected);
        }
}

static void test_rotation_keeps_two(void **state) {
        Place *p = *state;
        _cleanup_(store_freep) Store *s = NULL;
        _cleanup_free_ char *now = NULL, *before = NULL;
        char line[100];

        assert_int_equal(store_open(&p->settings, &s), 0);
        for (int i = 0; i < 5000; i++) {
                snprintf(line, sizeof(line), "%080d\n", i);
                put(s, "a.service", line);
                assert_true(s->total <= p->settings.volatile_limits.unit_max);
        }
        now = content(p, "a.service.log");
        before = content(p, "a.service.log.1");
        assert_true(strlen(now) > 0 && strlen(now) <= 32 * KILOBYTE);
        assert_true(strlen(before) > 31 * KILOBYTE && strlen(before) <= 32 * KILOBYTE);
        /* nothing is missing between the two */
        assert_string_equal(now + strlen(now) - 81, line);
        snprintf(line, sizeof(line), "%080d\n",
                 4999 - (int)(strlen(now) / 81) - (int)(strlen(before) / 81) + 1);
        assert_memory_equal(before, line, 81);
}

static void test_total_bound_holds(void **state) {
        Place *p = *state;
        _cleanup_(store_freep) Store *s = NULL;
        _cleanup_(dir_closep) DIR *d = NULL;
        uint64_t total = 0;
        char line[1001], unit[32];

        memset(line, 'x', 999);
        strcpy(line + 999, "\n");
        assert_int_equal(store_open(&p->settings, &s), 0);
        for (int i = 0; i < 3000; i++) {
                snprintf(unit, sizeof(unit), "u%d.service", i);
                put(s, unit, line);
        }
        assert_int_equal(dir_open_at(p->fd, "logs", &d), 0);
        for (struct dirent *e; (e = dir_next(d));) {
                struct stat st;

                assert_int_equal(fstatat(dirfd(d), e->d_name, &st, 0), 0);
                total += (uint64_t)st.st_size;
        }
        assert_true(total > 200 * KILOBYTE && total <= 256 * KILOBYTE);
        assert_int_equal(total, s->total);
        check_content(p, "u2999.service.log", line); /* the newest is there */
        check_content(p, "u0.service.log", "(none)");
}

static void test_write_again_at_the_same_place(void **state) {
        Place *p = *state;
        _cleanup_(store_freep) Store *s = NULL;
        LogFile *f;
        uint64_t at;

        assert_int_equal(store_open(&p->settings, &s), 0);
        put(s, "a.service", "one\n");
        assert_int_equal(store_file(s, "a.service", &f), 0);
        at = store_place(s, f, 9);
        assert_int_equal(store_write(s, f, "two\nthr\n", 8, at), 0);
        assert_int_equal(store_write(s, f, "two\n", 4, at), 0);
        check_content(p, "a.service.log", "one\ntwo\n");
        assert_int_equal(s->total, 8);
}

static void test_hostile_names(void **state) {
        Place *p = *state;
        _cleanup_(store_freep) Store *s = NULL;
        char name[UNIT_NAME_MAX];

        assert_int_equal(store_open(&p->settings, &s), 0);
        memset(name, 'x', sizeof(name));
        strcpy(name + sizeof(name) - 9, ".service");
        put(s, name, "long\n");
        put(s, "", "none\n");
        check_content(p, "system.log", "long\nnone\n");
        assert_int_equal(symlinkat("/etc/passwd", p->fd, "logs/evil.service.log"), 0);
        assert_int_equal(store_file(s, "evil.service", &(LogFile *){ NULL }), -ELOOP);
}

/* ---- what a killed svlogd leaves, phase by phase */

static Intake *open_all(Place *p) {
        _cleanup_(ledger_freep) Ledger *ledger = NULL;
        _cleanup_(store_freep) Store *store = NULL;
        Intake *in;

        assert_int_equal(ledger_open(p->fd, "ledger", &ledger), 0);
        assert_int_equal(store_open(&p->settings, &store), 0);
        assert_int_equal(intake_open(ledger, store, &in), 0);
        TAKE_PTR(ledger);
        TAKE_PTR(store);
        return in;
}

/* The messages of all records, one a line. */
static void messages(const Place *p, const char *file, char *to) {
        _cleanup_free_ char *text = content(p, file);

        *to = '\0';
        for (char *left = text, *line; (line = strsep(&left, "\n"));) {
                Record r;

                if (*line == '\0')
                        continue;
                assert_int_equal(record_parse(line, strlen(line), &r), 0);
                strncat(to, r.message, r.length);
                strcat(to, "|");
        }
}

static void begin_stream(Intake *in, int fd[2], int *slot) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd), 0);
        *slot = ledger_take_slot(in->ledger);
        assert_true(*slot >= 0);
        ledger_slot(in->ledger, (uint32_t)*slot)->known = true;
        ledger_slot(in->ledger, (uint32_t)*slot)->may_claim = true;
}

static void say(int fd, const char *text) {
        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* After a whole cycle, the ledger is put back into a phase of it, as if the kill had come there. */
static void check_kill(Place *p, LedgerPhase phase, bool written) {
        Intake *in = open_all(p);
        LedgerCycle *c = ledger_cycle(in->ledger);
        LedgerSlot before;
        char got[256];
        int fd[2], slot;

        begin_stream(in, fd, &slot);
        say(fd[1], "me\nk.service\n6\n0\n0\n0\n0\nold\nbegun");
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), 1);
        before = *ledger_slot(in->ledger, (uint32_t)slot);
        say(fd[1], " line\nnext\ntail");
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), 1);
        if (!written) {
                LogFile *f;

                assert_int_equal(store_file(in->store, "k.service", &f), 0);
                assert_int_equal(store_write(in->store, f, "torn", 4, c->at), 0);
        }
        if (phase == LEDGER_WRITING || phase == LEDGER_WRITTEN) {
                *ledger_slot(in->ledger, (uint32_t)slot) = before;
                c->done = 0;
        }
        ledger_set_phase(in->ledger, phase);
        intake_free(in);

        in = open_all(p);
        intake_recover(in, -EBADF);
        assert_int_equal(ledger_phase(in->ledger), LEDGER_IDLE);
        messages(p, "k.service.log", got);
        assert_string_equal(got, "old|begun line|next|");
        say(fd[1], " end\n");
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), 1);
        messages(p, "k.service.log", got);
        assert_string_equal(got, "old|begun line|next|tail end|");
        close(fd[1]);
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), -EPIPE);
        close(fd[0]);
        intake_free(in);
        assert_int_equal(unlinkat(p->fd, "logs/k.service.log", 0), 0);
        assert_int_equal(unlinkat(p->fd, "ledger", 0), 0);
}

static void test_kill_in_each_phase(void **state) {
        Place *p = *state;

        check_kill(p, LEDGER_WRITING, true);
        check_kill(p, LEDGER_WRITING, false);
        check_kill(p, LEDGER_WRITTEN, true);
        check_kill(p, LEDGER_CLOSING, true);
        check_kill(p, LEDGER_IDLE, true);
}

/* The slot knows the header already, which is still in the buffer: it is no output. */
static void test_kill_behind_the_header(void **state) {
        Place *p = *state;
        Intake *in = open_all(p);
        char got[256];
        int fd[2], slot;

        begin_stream(in, fd, &slot);
        say(fd[1], "me\nk.service\n6\n0\n0\n0\n0\nold\n");
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), 1);
        ledger_cycle(in->ledger)->done = 0;
        ledger_set_phase(in->ledger, LEDGER_CLOSING);
        intake_free(in);
        in = open_all(p);
        intake_recover(in, -EBADF);
        messages(p, "k.service.log", got);
        assert_string_equal(got, "old|");
        close(fd[0]);
        close(fd[1]);
        intake_free(in);
}

/* The kernel says in the ledger itself whether it moved bytes. */
static void test_kill_around_the_read(void **state) {
        Place *p = *state;
        Intake *in = open_all(p);
        char got[256];
        int fd[2], slot;

        begin_stream(in, fd, &slot);
        say(fd[1], "me\nk.service\n6\n0\n0\n0\n0\nonce\n");
        assert_int_equal(intake_begin(in, (uint32_t)slot), 0); /* and killed before the read */
        intake_free(in);
        in = open_all(p);
        intake_recover(in, -EBADF);
        check_content(p, "k.service.log", "(none)");
        assert_int_equal(intake_begin(in, (uint32_t)slot), 0);
        assert_int_equal(recvmmsg(fd[0], &ledger_cycle(in->ledger)->message, 1, MSG_DONTWAIT, NULL),
                         1);
        intake_free(in); /* killed right behind it */
        in = open_all(p);
        intake_recover(in, -EBADF);
        messages(p, "k.service.log", got);
        assert_string_equal(got, "once|");
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), 0);
        close(fd[0]);
        close(fd[1]);
        intake_free(in);
}

static void test_end_without_newline(void **state) {
        Place *p = *state;
        Intake *in = open_all(p);
        char got[256];
        int fd[2], slot;

        begin_stream(in, fd, &slot);
        say(fd[1], "me\nk.service\n6\n0\n0\n0\n0\n\n\nlast words");
        close(fd[1]);
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), 1);
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), -EPIPE);
        messages(p, "k.service.log", got);
        assert_string_equal(got, "last words|");
        close(fd[0]);
        intake_free(in);
}

static void test_broken_header_ends_a_stream(void **state) {
        Place *p = *state;
        Intake *in = open_all(p);
        int fd[2], slot;

        begin_stream(in, fd, &slot);
        say(fd[1], "GET / HTTP/1.0\nHost: x\n\n");
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), -EPIPE);
        close(fd[0]);
        close(fd[1]);
        intake_free(in);
}

static void test_what_is_suppressed_is_counted(void **state) {
        Place *p = *state;
        Intake *in;
        char got[256];
        int fd[2], slot;

        p->settings.rate = (RateLimit){ .interval = 50000, .burst = 2 };
        in = open_all(p);
        begin_stream(in, fd, &slot);
        say(fd[1], "me\nk.service\n6\n0\n0\n0\n0\n1\n2\n3\n4\n");
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), 1);
        messages(p, "k.service.log", got);
        assert_string_equal(got, "1|2|");
        usleep(60000);
        say(fd[1], "5\n");
        assert_int_equal(intake_stream(in, fd[0], (uint32_t)slot), 1);
        messages(p, "k.service.log", got);
        assert_string_equal(got, "1|2|2 messages suppressed|5|");
        close(fd[0]);
        close(fd[1]);
        intake_free(in);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_torn_tail_is_cut_off, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_rotation_keeps_two, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_total_bound_holds, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_write_again_at_the_same_place, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(test_hostile_names, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_kill_in_each_phase, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_kill_behind_the_header, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_kill_around_the_read, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_end_without_newline, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_broken_header_ends_a_stream, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(test_what_is_suppressed_is_counted, set_up,
                                                tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
