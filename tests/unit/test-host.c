/* Protects the host: what a run makes there is as asked for, and is gone afterwards. */
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

#include "base/text.h"
#include "supervisor/exec/host-record.h"
#include "supervisor/sandbox/apply/id-map.h"
#include "tests/unit/host-place.h"

static void test_directories_get_owner_and_mode(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        mode_t before = umask(0077);

        need_root();
        set_link(add_directory(&p, "data/lib/a/b", 0, 1234, 0750), "data/lib/c", "a/b");
        assert_int_equal(run(&p, NULL), 0);
        umask(before);
        assert_owner("data/lib", 0, 0755);
        assert_owner("data/lib/a", 0, 0755);
        assert_owner("data/lib/a/b", 1234, 0750);
        assert_link("data/lib/c", "a/b");
        assert_int_equal(run(&p, NULL), 0); /* all of it again changes nothing */

        /* a wrong owner is mended in the whole tree, a wrong mode in the directory */
        make_file("data/lib/a/b/file");
        assert_int_equal(symlinkat("/etc/passwd", top, "data/lib/a/b/link"), 0);
        assert_owner("data/lib/a/b/file", 0, 0644);
        p.ops[0].uid = p.ops[0].gid = 1235;
        p.ops[0].mode = 0700;
        assert_int_equal(run(&p, NULL), 0);
        assert_owner("data/lib/a/b", 1235, 0700);
        assert_owner("data/lib/a/b/file", 1235, 0644);
        assert_owner("data/lib/a/b/link", 1235, -1);
        p.ops[0].uid = p.ops[0].gid = 0;
        assert_int_equal(run(&p, NULL), 0);
}

static void test_runtime_directories_go(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        Host h = HOST_INIT, other = HOST_INIT;

        need_root();
        add_directory(&p, "data/r/a", OP_REMOVE_AFTERWARDS, 1234, 0755);
        begin(&h);
        begin(&other);
        assert_int_equal(prepare(&h, &p, NULL), 0);
        make_file("data/r/a/file");
        assert_int_equal(prepare(&other, &p, NULL), 0);
        host_collect(&other, NULL); /* the first run lives: nothing of it may go */
        assert_true(exists("data/r/a/file"));
        host_cleanup(&h, NULL); /* the second one still needs it */
        assert_true(exists("data/r/a/file"));
        host_cleanup(&h, NULL);
        host_cleanup(&other, NULL);
        assert_false(exists("data/r/a"));
        assert_false(exists("data/r")); /* it was made for this */
        assert_int_equal(count("run/svalinn/runs"), 0);
        host_done(&h);
        host_done(&other);
}

static void test_what_was_there_stays(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };

        need_root();
        assert_int_equal(mkdirat(top, "data/mine", 0755), 0);
        make_file("data/mine/file");
        add_directory(&p, "data/mine", OP_REMOVE_AFTERWARDS, 0, 0755);
        assert_int_equal(run(&p, NULL), 0);
        assert_true(exists("data/mine/file"));
}

static void test_missing_parents_are_skipped(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };

        need_root();
        add_directory(&p, "data/none/a", OP_REMOVE_AFTERWARDS | OP_IGNORE_MISSING, (uid_t)-1, 0700);
        assert_int_equal(run(&p, NULL), 0);
        assert_false(exists("data/none"));
}

static void test_names_that_others_made_are_refused(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };

        need_root();
        assert_int_equal(fchmodat(top, "data", 01777, 0), 0);
        assert_int_equal(mkdirat(top, "data/x", 0777), 0);
        assert_int_equal(fchownat(top, "data/x", 1234, 1234, 0), 0);
        add_directory(&p, "data/x", OP_REMOVE_AFTERWARDS | OP_IGNORE_MISSING, (uid_t)-1, 0700);
        assert_int_equal(run(&p, &diag), -EPERM);
        assert_int_equal(diag.n, 1);
        assert_string_equal(diag.entries[0].directive, "StateDirectory");
}

static void test_links_of_others_are_not_followed(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        char full[PATH_MAX];

        need_root();
        assert_int_equal(mkdirat(top, "data/real", 0755), 0);
        assert_int_equal(symlinkat("real", top, "data/admin"), 0);
        add_directory(&p, "data/admin/a", 0, 1234, 0755);
        assert_int_equal(run(&p, NULL), 0); /* root's link in root's directory */
        assert_true(exists("data/real/a"));

        assert_int_equal(mkdirat(top, "data/user", 0755), 0);
        snprintf(full, sizeof(full), "%s/data/real", place);
        assert_int_equal(symlinkat(full, top, "data/user/link"), 0);
        assert_int_equal(fchownat(top, "data/user", 1234, 1234, 0), 0);
        free(p.ops[0].path);
        assert_true(asprintf(&p.ops[0].path, "%s/data/user/link/b", place) > 0);
        assert_int_equal(run(&p, NULL), -ELOOP);
        assert_false(exists("data/real/b"));
}

/* A link in data/, to TARGET; "PLACE" stands for the top of the tree. Returns what becomes of a
 * directory below it. */
static int run_through(const char *target) {
        _cleanup_(plan_done) Plan p = { 0 };
        char full[PATH_MAX];

        snprintf(full, sizeof(full), "%s%s", target[0] == '/' ? place : "", target);
        (void)unlinkat(top, "data/link", 0);
        assert_int_equal(symlinkat(full, top, "data/link"), 0);
        add_directory(&p, "data/link/a/b", 0, 1234, 0755);
        return run(&p, NULL);
}

static void test_links_of_all_shapes(void **state) {
        static const struct {
                const char *target, *made;
        } cases[] = {
                { "one", "data/one/a/b" },
                { "../other//./two/", "other/two/a/b" },
                { "/other/three", "other/three/a/b" },
                { "again", "other/four/a/b" }, /* -> ../other/up -> four */
                { "../data/../other/up/../five", "other/five/a/b" },
        };

        need_root();
        assert_int_equal(mkdirat(top, "data/one", 0755), 0);
        assert_int_equal(mkdirat(top, "other", 0755), 0);
        for (const char *const *name = (const char *[]){ "two", "three", "four", "five", NULL };
             *name; name++) {
                char path[64];

                snprintf(path, sizeof(path), "other/%s", *name);
                assert_int_equal(mkdirat(top, path, 0755), 0);
        }
        assert_int_equal(symlinkat("four", top, "other/up"), 0);
        assert_int_equal(symlinkat("../other/up", top, "data/again"), 0);
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                assert_int_equal(run_through(cases[i].target), 0);
                assert_true(exists(cases[i].made));
        }
        assert_int_equal(run_through("nowhere"), -ENOENT);
        assert_int_equal(run_through("link"), -ELOOP);
        assert_int_equal(symlinkat("mutual", top, "data/again2"), 0);
        assert_int_equal(symlinkat("again2", top, "data/mutual"), 0);
        assert_int_equal(run_through("mutual"), -ELOOP);
}

/* Root's link leads to where a user put another one: that is as little to be trusted as without the
 * first. */
static void test_links_behind_links_are_looked_at(void **state) {
        need_root();
        assert_int_equal(mkdirat(top, "data/secret", 0755), 0);
        assert_int_equal(mkdirat(top, "data/user", 0755), 0);
        assert_int_equal(symlinkat("../secret", top, "data/user/trap"), 0);
        assert_int_equal(fchownat(top, "data/user", 1234, 1234, 0), 0);
        assert_int_equal(run_through("user/trap"), -ELOOP);
        assert_false(exists("data/secret/a"));
}

static void test_wrong_links_are_named(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };

        need_root();
        add_private(&p);
        assert_int_equal(symlinkat("elsewhere", top, "data/a"), 0);
        assert_int_equal(run(&p, &diag), -EEXIST);
        assert_non_null(strstr(diag.entries[0].message, "elsewhere"));
        assert_int_equal(unlinkat(top, "data/a", 0), 0);
        assert_int_equal(mkdirat(top, "data/a", 0755), 0);
        assert_int_equal(run(&p, &diag), -EEXIST); /* private/a was made: both exist */
        assert_true(exists("data/a"));
}

static void test_directories_move_with_dynamic_user(void **state) {
        _cleanup_(plan_done) Plan dynamic = { 0 }, fixed = { 0 };

        need_root();
        add_private(&dynamic);
        add_directory(&fixed, "data/a", 0, 1234, 0755);
        assert_int_equal(run(&fixed, NULL), 0);
        make_file("data/a/file");
        for (int i = 0; i < 2; i++) {
                assert_int_equal(run(&dynamic, NULL), 0);
                assert_link("data/a", "private/a");
                assert_owner("data/private", 0, 0700);
                assert_true(exists("data/private/a/file"));
                assert_int_equal(run(&fixed, NULL), 0);
                assert_owner("data/a", 1234, 0755);
                assert_owner("data/a/file", 1234, -1);
                assert_false(exists("data/private/a"));
        }
}

static void test_binds_get_the_mapped_mount(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        struct stat st;
        int r;
        Op *op;

        need_root();
        add_private(&p);
        op = add(&p, OP_BIND, "data/private/a", OP_ID_MAPPED);
        op->source = strdup(op->path);
        assert_int_equal(run(&p, NULL), 0);
        r = p.ops[1].fd;
        if (r >= 0) {
                assert_owner("data/private/a", ID_MAP_NOBODY, 0755);
                assert_int_equal(fstat(r, &st), 0);
                assert_int_equal(st.st_uid, 61234);
        } else
                assert_owner("data/private/a", 61234, 0755);
}

static void test_targets_are_made_and_go(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        Host h = HOST_INIT, other = HOST_INIT;
        Op *op;

        need_root();
        make_file("data/source");
        op = add(&p, OP_BIND, "data/x/y/file", OP_MAKE_TARGET);
        assert_true(asprintf(&op->source, "%s/data/source", place) > 0);
        op = add(&p, OP_TMPFS, "data/x/z", OP_MAKE_TARGET);
        op = add(&p, OP_BIND, "data/x/z/inside", OP_MAKE_TARGET); /* of the tmpfs's making */
        assert_true(asprintf(&op->source, "%s/data/source", place) > 0);
        op = add(&p, OP_BIND, "data/w", OP_MAKE_TARGET | OP_IGNORE_MISSING);
        assert_true(asprintf(&op->source, "%s/data/nothing", place) > 0);
        begin(&h);
        begin(&other);
        assert_int_equal(prepare(&h, &p, NULL), 0);
        assert_true(exists("data/x/y/file"));
        assert_true(exists("data/x/z"));
        assert_false(exists("data/x/z/inside"));
        assert_false(exists("data/w"));
        assert_int_equal(prepare(&other, &p, NULL), 0);
        host_cleanup(&h, NULL); /* a mount of the other run is on it */
        assert_true(exists("data/x/y/file"));
        assert_true(exists("data/x/z"));
        make_file("data/x/z/kept");
        host_cleanup(&other, NULL);
        assert_false(exists("data/x/y"));
        assert_true(exists("data/x/z/kept"));
        assert_int_equal(count("run/svalinn/runs"), 0);
        host_done(&h);
        host_done(&other);
}

static void test_targets_in_another_root(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        Host h = HOST_INIT;
        Op *op;

        need_root();
        assert_int_equal(mkdirat(top, "data/root", 0755), 0);
        assert_int_equal(mkdirat(top, "data/root/real", 0755), 0);
        assert_int_equal(symlinkat("/real", top, "data/root/link"), 0);
        assert_int_equal(plan_add_path(&p, OP_ROOT, "RootDirectory", "/", 0), 0);
        assert_true(asprintf(&p.ops[0].source, "%s/data/root", place) > 0);
        assert_int_equal(plan_add_path(&p, OP_BIND, "BindPaths", "/link/a/b", OP_MAKE_TARGET), 0);
        op = &p.ops[1];
        op->source = strdup("/usr");
        begin(&h);
        assert_int_equal(prepare(&h, &p, NULL), 0);
        assert_true(exists("data/root/real/a/b"));
        host_cleanup(&h, NULL);
        assert_false(exists("data/root/real/a"));
        assert_true(exists("data/root/real"));
        host_done(&h);
}

static void test_other_files_are_not_given_away(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };
        Op *op = add_directory(&p, "data/s", 0, 1234, 0755);

        need_root();
        assert_int_equal(run(&p, &diag), 0);
        make_file("data/of-root");
        make_file("data/s/own");
        make_file("data/s/twice");
        assert_int_equal(mkdirat(top, "data/s/below", 0755), 0);
        assert_int_equal(fchownat(top, "data/s/twice", 1234, 1234, 0), 0);
        assert_int_equal(linkat(top, "data/s/twice", top, "data/s/again", 0), 0);
        assert_int_equal(linkat(top, "data/of-root", top, "data/s/below/link", 0), 0);
        op->uid = op->gid = 1235;
        assert_int_equal(diag.n, 0);
        assert_int_equal(run(&p, &diag), 0);
        assert_owner("data/of-root", 0, 0644);
        assert_owner("data/s/own", 1235, 0644);
        assert_owner("data/s/again", 1235, 0644);
        assert_owner("data/s/below", 1235, 0755);
        assert_owner("data/s", 1235, 0755);
        assert_int_equal(diag.n, 1);
        assert_int_equal(diag_count(&diag, DIAG_WARNING), 1);
        assert_non_null(strstr(diag.entries[0].message, "data/s keep their owner"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(test_directories_get_owner_and_mode),
                TEST(test_runtime_directories_go),
                TEST(test_what_was_there_stays),
                TEST(test_missing_parents_are_skipped),
                TEST(test_names_that_others_made_are_refused),
                TEST(test_links_of_others_are_not_followed),
                TEST(test_links_of_all_shapes),
                TEST(test_links_behind_links_are_looked_at),
                TEST(test_wrong_links_are_named),
                TEST(test_directories_move_with_dynamic_user),
                TEST(test_binds_get_the_mapped_mount),
                TEST(test_targets_are_made_and_go),
                TEST(test_targets_in_another_root),
                TEST(test_other_files_are_not_given_away),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
