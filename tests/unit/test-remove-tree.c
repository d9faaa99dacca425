/* Protects what is not ours: removal must end at links and mounts, and at nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/remove-tree.h"
#include "tests/unit/skip.h"

static char place[] = "/tmp/svalinn-test-remove-XXXXXX";
static int top = -EBADF;

static int set_up(void **state) {
        if (!mkdtemp(place))
                return -1;
        top = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return top < 0 || mkdirat(top, "keep", 0755) < 0 ? -1 : 0;
}

static int tear_down(void **state) {
        int r = remove_tree_at(top, "keep");

        close(top);
        return r < 0 || rmdir(place) < 0 ? -1 : 0;
}

static bool exists(const char *path) {
        return faccessat(top, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void make_file(const char *path) {
        int fd = openat(top, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

        assert_true(fd >= 0);
        close(fd);
}

static void test_links_are_not_followed(void **state) {
        make_file("keep/precious");
        assert_int_equal(mkdirat(top, "tree", 0755), 0);
        assert_int_equal(mkdirat(top, "tree/a", 0755), 0);
        make_file("tree/a/file");
        assert_int_equal(symlinkat("../../keep", top, "tree/a/link"), 0);
        assert_int_equal(symlinkat("keep", top, "link"), 0);
        assert_int_equal(remove_tree_at(top, "link"), -ENOTDIR);
        assert_int_equal(remove_tree_at(top, "tree"), 0);
        assert_false(exists("tree"));
        assert_true(exists("keep/precious"));
        assert_int_equal(unlinkat(top, "link", 0), 0);
}

static void test_what_is_missing_is_fine_and_files_are_refused(void **state) {
        assert_int_equal(remove_tree_at(top, "nothing"), 0);
        make_file("file");
        assert_int_equal(remove_tree_at(top, "file"), -ENOTDIR);
        assert_true(exists("file"));
        assert_int_equal(unlinkat(top, "file", 0), 0);
}

/* Deeper than there are fds. */
static void test_depth_has_no_bound(void **state) {
        int fd = fcntl(top, F_DUPFD_CLOEXEC, 0);

        for (int i = 0; i < 3000; i++) {
                int next;

                assert_int_equal(mkdirat(fd, "d", 0755), 0);
                next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                assert_true(next >= 0);
                close(fd);
                fd = next;
        }
        close(fd);
        assert_int_equal(remove_tree_at(top, "d"), 0);
        assert_false(exists("d"));
}

static int in_child(int (*run)(void)) {
        pid_t child = fork();
        int status;

        if (child == 0)
                _exit(run());
        assert_true(child > 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* A bind of the same file system: its device number tells nothing. */
static int remove_around_mount(void) {
        char source[sizeof(place) + 16], target[sizeof(place) + 16];

        snprintf(source, sizeof(source), "%s/keep", place);
        snprintf(target, sizeof(target), "%s/tree/m/n", place);
        if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount(source, target, NULL, MS_BIND, NULL) < 0)
                return 77;
        if (remove_tree_at(top, "tree") != -EBUSY)
                return 2;
        if (!exists("keep/precious"))
                return 3;
        return exists("tree/file") ? 4 : 0;
}

static void test_mounts_are_not_entered(void **state) {
        int status;

        assert_int_equal(mkdirat(top, "tree", 0755), 0);
        assert_int_equal(mkdirat(top, "tree/m", 0755), 0);
        assert_int_equal(mkdirat(top, "tree/m/n", 0755), 0);
        make_file("tree/file");
        make_file("keep/precious");
        status = in_child(remove_around_mount);
        assert_int_equal(remove_tree_at(top, "tree"), 0);
        if (status == 77)
                skip_because("mounts need privileges");
        assert_int_equal(status, 0);
}

static int remove_without_permission(void) {
        if (fchown(top, 1, 1) < 0 || fchownat(top, "tree", 1, 1, 0) < 0 ||
            fchownat(top, "tree/a", 1, 1, 0) < 0 || setresuid(1, 1, 1) < 0)
                return 77;
        return remove_tree_at(top, "tree") == 0 ? 0 : 1;
}

static void test_directories_that_forbid_it(void **state) {
        int status;

        assert_int_equal(mkdirat(top, "tree", 0755), 0);
        assert_int_equal(mkdirat(top, "tree/a", 0755), 0);
        make_file("tree/a/file");
        assert_int_equal(fchmodat(top, "tree/a", 0, 0), 0);
        assert_int_equal(fchmodat(top, "tree", 0555, 0), 0);
        status = in_child(remove_without_permission);
        assert_int_equal(remove_tree_at(top, "tree"), 0);
        if (status == 77)
                skip_because("another user cannot be had");
        assert_int_equal(status, 0);
}

/* A neighbour that swaps a directory for a link to what must stay. */
static void swap_forever(void) {
        for (;;) {
                (void)mkdirat(top, "tree", 0755);
                (void)mkdirat(top, "tree/x", 0755);
                (void)renameat(top, "tree/x", top, "tree/y");
                if (symlinkat("../keep", top, "tree/x") == 0)
                        (void)unlinkat(top, "tree/x", 0);
        }
}

static void test_races_do_not_lead_out(void **state) {
        pid_t child = fork();
        int status;

        make_file("keep/precious");
        if (child == 0)
                swap_forever();
        assert_true(child > 0);
        for (int i = 0; i < 60; i++) {
                (void)remove_tree_at(top, "tree");
                assert_true(exists("keep/precious"));
        }
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(remove_tree_at(top, "tree"), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_links_are_not_followed),
                cmocka_unit_test(test_what_is_missing_is_fine_and_files_are_refused),
                cmocka_unit_test(test_depth_has_no_bound),
                cmocka_unit_test(test_mounts_are_not_entered),
                cmocka_unit_test(test_directories_that_forbid_it),
                cmocka_unit_test(test_races_do_not_lead_out),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
