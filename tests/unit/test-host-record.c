/* Protects the records of runs: what one made is gone afterwards, whatever died and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/host-record.h"
#include "supervisor/sandbox/apply/id-map.h"
#include "tests/unit/host-place.h"

static void claim(Host *h, const char *name, Identity *i) {
        i->dynamic = i->own_group = true;
        i->user = strdup(name);
        assert_int_equal(identity_set_dynamic_uid(i, identity_dynamic_uid(name, 0)), 0);
        assert_int_equal(host_claim_uid(h, i, NULL), 0);
}

static void test_ids_are_claimed(void **state) {
        Host a = HOST_INIT, b = HOST_INIT, c = HOST_INIT;
        _cleanup_(identity_done) Identity i = { 0 }, j = { 0 }, k = { 0 };
        char file[64];
        int fd;

        need_root();
        begin(&a);
        begin(&b);
        begin(&c);
        claim(&a, "first", &i);
        claim(&b, "first", &j);
        assert_int_equal(i.uid, j.uid);

        /* somebody else with the same first candidate */
        snprintf(file, sizeof(file), "run/svalinn/dynamic-uid/%u", i.uid);
        fd = openat(top, file, O_WRONLY | O_TRUNC | O_CLOEXEC);
        assert_int_equal(write(fd, "someone", 7), 7);
        close(fd);
        claim(&c, "first", &k);
        assert_int_not_equal(k.uid, i.uid);
        assert_int_equal(k.uid, k.gid);
        host_cleanup(&c, NULL);
        host_cleanup(&a, NULL);
        assert_int_equal(count("run/svalinn/dynamic-uid"), 1);
        host_cleanup(&b, NULL);
        assert_int_equal(count("run/svalinn/dynamic-uid"), 0);
        assert_int_equal(count("run/svalinn/runs"), 0);
        host_done(&a);
        host_done(&b);
        host_done(&c);
}

/* The outer process knows the id alone; the one that made everything is dead. */
static void test_the_survivor_cleans_up(void **state) {
        Host h = HOST_INIT;
        pid_t child;
        int status;

        need_root();
        begin(&h);
        child = fork();
        if (child == 0) {
                Plan p = { 0 };

                add_directory(&p, "data/r", OP_REMOVE_AFTERWARDS, 0, 0755);
                _exit(prepare(&h, &p, NULL) == 0 ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_true(exists("data/r"));
        host_collect(&h, NULL);
        host_cleanup(&h, NULL);
        assert_false(exists("data/r"));
        assert_int_equal(count("run/svalinn/runs"), 0);
        host_done(&h);
}

/* Each command of a unit is prepared by a process of its own; the record is one. */
static void test_a_run_is_resumed(void **state) {
        char spared[PATH_MAX];
        char *spare[] = { spared, NULL };
        Host first = HOST_INIT, second = HOST_INIT, other = HOST_INIT;
        _cleanup_(plan_done) Plan p = { 0 };

        need_root();
        snprintf(spared, sizeof(spared), "%s/data/kept", place);
        add_directory(&p, "data/kept", OP_REMOVE_AFTERWARDS, 0, 0755);
        add_directory(&p, "data/fresh", OP_REMOVE_AFTERWARDS, 0, 0755);
        begin(&first);
        assert_int_equal(prepare(&first, &p, NULL), 0);

        begin(&second);
        assert_int_equal(host_resume(&second, "../runs/0123456789", -EBADF), -EINVAL);
        assert_int_equal(host_resume(&second, first.id, -EBADF), -EWOULDBLOCK);
        host_done(&second);
        begin(&second);
        assert_int_equal(host_resume(&second, first.id, first.record_fd), 0);
        assert_string_equal(second.id, first.id);
        assert_true(strv_equal(second.remove, first.remove));
        host_done(&first); /* as a process does that becomes the command */
        begin(&other);
        host_collect(&other, NULL);
        assert_true(exists("data/fresh"));

        host_renew(&second, spare, NULL);
        assert_true(exists("data/kept"));
        assert_false(exists("data/fresh"));
        assert_int_equal(prepare(&second, &p, NULL), 0);
        assert_true(exists("data/fresh"));
        host_cleanup(&second, NULL);
        assert_int_equal(count("data"), 0);
        assert_int_equal(count("run/svalinn/runs"), 0);
        host_done(&second);
        host_done(&other);
}

static size_t collect(void) {
        _cleanup_(diag_done) Diag diag = { 0 };
        Host h = HOST_INIT;

        begin(&h);
        host_collect(&h, &diag);
        host_done(&h);
        return diag.n;
}

static void test_what_cannot_be_removed_is_tried_again(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };
        char mounted[PATH_MAX];

        need_root();
        if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                skip_because("mounting is not possible here");
        assert_int_equal(mkdirat(top, "data/busy", 0755), 0);
        add_directory(&p, "data/busy/r", OP_REMOVE_AFTERWARDS, 0, 0755);
        add_directory(&p, "data/gone", OP_REMOVE_AFTERWARDS, 0, 0755);
        snprintf(mounted, sizeof(mounted), "%s/data/busy/r", place);
        {
                Host h = HOST_INIT;

                begin(&h);
                assert_int_equal(prepare(&h, &p, NULL), 0);
                assert_int_equal(mount("none", mounted, "tmpfs", 0, NULL), 0);
                host_cleanup(&h, &diag);
                host_done(&h);
        }
        assert_int_equal(diag.n, 1);
        assert_non_null(strstr(diag.entries[0].message, "data/busy/r could not be removed"));
        assert_int_equal(count("run/svalinn/runs"), 1);
        assert_false(exists("data/gone"));

        /* what has the name now is somebody else's */
        assert_int_equal(mkdirat(top, "data/gone", 0755), 0);
        for (int i = 0; i < 2; i++)
                assert_int_equal(collect(), 1);
        assert_true(exists("data/gone"));
        assert_int_equal(umount2(mounted, MNT_DETACH), 0);
        assert_int_equal(collect(), 0);
        assert_int_equal(count("run/svalinn/runs"), 0);
        assert_int_equal(count("data/busy"), 0);
}

static void make_much(void) {
        Host h = HOST_INIT;
        Identity i = { .dynamic = true, .user = strdup("crash") };
        Plan p = { 0 };
        Op *op;

        begin(&h);
        host_collect(&h, NULL);
        if (identity_set_dynamic_uid(&i, identity_dynamic_uid(i.user, 0)) < 0 ||
            host_claim_uid(&h, &i, NULL) < 0)
                _exit(1);
        add_directory(&p, "data/r/a", OP_REMOVE_AFTERWARDS, 1234, 0755);
        add_directory(&p, "data/r/b", OP_REMOVE_AFTERWARDS, 1234, 0755);
        add_private(&p);
        add(&p, OP_TMPFS, "data/t/u/v", OP_MAKE_TARGET);
        op = add(&p, OP_BIND, "data/t/w/file", OP_MAKE_TARGET);
        op->source = strdup("/etc/passwd");
        if (prepare(&h, &p, NULL) < 0)
                _exit(2);
        host_cleanup(&h, NULL);
        _exit(0);
}

/* A child that the run had forked dies a moment later, and the record is locked until then. */
static void collect_until_done(void) {
        for (unsigned tries = 0; tries < 1000; tries++) {
                Host h = HOST_INIT;

                begin(&h);
                host_collect(&h, NULL);
                host_done(&h);
                if (count("run/svalinn/runs") == 0)
                        return;
                usleep(1000);
        }
}

static void test_death_at_any_moment(void **state) {
        unsigned killed = 0;

        need_root();
        assert_int_equal(mkdirat(top, "data/r", 0755), 0);
        for (unsigned n = 0; n < 150; n++) {
                pid_t child = fork();
                int status;

                if (child == 0)
                        make_much();
                assert_true(child > 0);
                usleep(n * 53 % 4000);
                kill(child, SIGKILL);
                assert_int_equal(waitpid(child, &status, 0), child);
                assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
                killed += WIFSIGNALED(status);
                collect_until_done();
                assert_int_equal(count("run/svalinn/runs"), 0);
                assert_int_equal(count("run/svalinn/dynamic-uid"), 0);
                assert_int_equal(count("data/r"), 0);
                assert_false(exists("data/t"));
        }
        assert_true(killed > 0);
}

static void test_foreign_runs_directories_are_refused(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };

        need_root();
        add_directory(&p, "data/r", OP_REMOVE_AFTERWARDS, 0, 0755);
        assert_int_equal(mkdirat(top, "run/svalinn", 0755), 0);
        assert_int_equal(fchownat(top, "run/svalinn", 1234, 1234, 0), 0);
        assert_int_equal(run(&p, NULL), -EPERM);
        assert_int_equal(unlinkat(top, "run/svalinn", AT_REMOVEDIR), 0);
        assert_int_equal(symlinkat("../data", top, "run/svalinn"), 0);
        assert_int_equal(run(&p, NULL), -EPERM);
        assert_false(exists("data/r"));
        assert_int_equal(unlinkat(top, "run/svalinn", 0), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(test_ids_are_claimed),     TEST(test_the_survivor_cleans_up),
                TEST(test_a_run_is_resumed),    TEST(test_what_cannot_be_removed_is_tried_again),
                TEST(test_death_at_any_moment), TEST(test_foreign_runs_directories_are_refused),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
