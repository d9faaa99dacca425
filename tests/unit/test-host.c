/* Protects the host: what a run makes there is as asked for, and is gone afterwards whatever died.
 */
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

#include "base/dir.h"
#include "base/fd.h"
#include "base/remove-tree.h"
#include "base/text.h"
#include "supervisor/exec/host-record.h"
#include "supervisor/exec/host.h"
#include "supervisor/sandbox/apply/id-map.h"
#include "tests/unit/skip.h"

static char place[] = "/var/tmp/svalinn-test-host-XXXXXX";
static int top = -EBADF;

static int set_up(void **state) {
        if (geteuid() != 0)
                return 0;
        if (!mkdtemp(place))
                return -1;
        top = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return top < 0 || fchmod(top, 0755) < 0 || mkdirat(top, "run", 0755) < 0 ? -1 : 0;
}

static int tear_down(void **state) {
        if (geteuid() != 0)
                return 0;
        close(top);
        return remove_tree_at(AT_FDCWD, place);
}

/* Each test has the place to itself. */
static int empty_place(void **state) {
        if (geteuid() != 0)
                return 0;
        (void)remove_tree_at(top, "data");
        (void)remove_tree_at(top, "run");
        return mkdirat(top, "run", 0755) < 0 || mkdirat(top, "data", 0755) < 0 ? -1 : 0;
}

static void need_root(void) {
        if (geteuid() != 0)
                skip_because("only root can give files away");
}

static void begin(Host *h) {
        assert_int_equal(host_init(h, false), 0);
        free(h->runs);
        assert_true(asprintf(&h->runs, "%s/run/svalinn/runs", place) > 0);
}

static bool exists(const char *path) {
        return faccessat(top, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static size_t count(const char *path) {
        _cleanup_(dir_closep) DIR *d = NULL;
        size_t n = 0;

        if (dir_open_at(top, path, &d) < 0)
                return 0;
        while (dir_next(d))
                n++;
        return n;
}

static void make_file(const char *path) {
        int fd = openat(top, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, "x", 1), 1);
        close(fd);
}

static void assert_owner(const char *path, uid_t uid, mode_t mode) {
        struct stat st;

        assert_int_equal(fstatat(top, path, &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_int_equal(st.st_uid, uid);
        if (mode != (mode_t)-1)
                assert_int_equal(st.st_mode & 07777, mode);
}

static void assert_link(const char *path, const char *target) {
        char found[PATH_MAX];
        ssize_t n = readlinkat(top, path, found, sizeof(found) - 1);

        assert_true(n > 0);
        found[n] = '\0';
        assert_string_equal(found, target);
}

static Op *add(Plan *p, OpKind kind, const char *path, unsigned flags) {
        char full[PATH_MAX];

        snprintf(full, sizeof(full), "%s/%s", place, path);
        assert_int_equal(plan_add_path(p, kind, "StateDirectory", full, flags), 0);
        return &p->ops[p->n - 1];
}

static Op *add_directory(Plan *p, const char *path, unsigned flags, uid_t uid, mode_t mode) {
        Op *op = add(p, OP_DIRECTORY, path, flags);

        op->uid = uid;
        op->gid = uid;
        op->mode = mode;
        return op;
}

static void set_link(Op *op, const char *link, const char *target) {
        assert_true(asprintf(&op->text, "%s/%s\n%s\n", place, link, target) > 0);
}

static int prepare(Host *h, Plan *p, Diag *diag) {
        const Op *failed;

        return host_prepare(h, p, diag, &failed);
}

/* One run of P from beginning to end. Returns what host_prepare() does. */
static int run(Plan *p, Diag *diag) {
        Host h = HOST_INIT;
        int r;

        begin(&h);
        r = prepare(&h, p, diag);
        host_cleanup(&h, diag);
        host_done(&h);
        return r;
}

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

static Op *add_private(Plan *p) {
        Op *op = add_directory(p, "data/private/a", OP_ID_MAPPED, 61234, 0755);

        set_link(op, "data/a", "private/a");
        return op;
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

static void claim(Host *h, const char *name, Identity *i) {
        i->dynamic = true;
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

#define TEST(f) cmocka_unit_test_setup(f, empty_place)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(test_directories_get_owner_and_mode),
                TEST(test_runtime_directories_go),
                TEST(test_what_was_there_stays),
                TEST(test_missing_parents_are_skipped),
                TEST(test_names_that_others_made_are_refused),
                TEST(test_links_of_others_are_not_followed),
                TEST(test_wrong_links_are_named),
                TEST(test_directories_move_with_dynamic_user),
                TEST(test_binds_get_the_mapped_mount),
                TEST(test_targets_are_made_and_go),
                TEST(test_targets_in_another_root),
                TEST(test_ids_are_claimed),
                TEST(test_the_survivor_cleans_up),
                TEST(test_other_files_are_not_given_away),
                TEST(test_what_cannot_be_removed_is_tried_again),
                TEST(test_death_at_any_moment),
                TEST(test_foreign_runs_directories_are_refused),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
