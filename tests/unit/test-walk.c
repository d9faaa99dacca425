/* Protects the walk that takes the place of openat2(): both find the same, or refuse alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/remove-tree.h"
#include "base/walk.h"

static char top_path[] = "/tmp/svalinn-walk-XXXXXX";
static int top = -EBADF;

static int make_tree(void **state) {
        static const char *const links[][2] = {
                { "dir", "a/to-dir" },       { "../b", "a/to-b" },
                { "/b/file", "a/absolute" }, { "/", "a/to-root" },
                { "loop", "a/loop" },        { "nowhere", "a/dangling" },
                { "../../../..", "a/out" },  { "to-dir/./inner/", "a/chain" },
        };

        assert_non_null(mkdtemp(top_path));
        top = open(top_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_true(top >= 0);
        for (const char *const *d = (const char *[]){ "a", "a/dir", "a/dir/inner", "b", NULL }; *d;
             d++)
                assert_int_equal(mkdirat(top, *d, 0755), 0);
        fd_close(openat(top, "b/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
        for (size_t i = 0; i < ARRAY_SIZE(links); i++)
                assert_int_equal(symlinkat(links[i][0], top, links[i][1]), 0);
        return 0;
}

static int remove_tree(void **state) {
        fd_close(top);
        return remove_tree_at(AT_FDCWD, top_path);
}

static int kernel_open(const char *path, int flags, uint64_t resolve) {
        struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC), .resolve = resolve };
        int fd = (int)syscall(SYS_openat2, top, path, &how, sizeof(how));

        return fd < 0 ? -errno : fd;
}

static void compare(const char *path, int flags, uint64_t resolve) {
        _cleanup_fd_ int wanted = kernel_open(path, flags, resolve);
        _cleanup_fd_ int got = walk_open(top, path, flags, 0, resolve);
        struct stat a, b;

        if (wanted == -ENOSYS)
                skip();
        if (wanted < 0 || got < 0) {
                if (wanted != got)
                        fail_msg("%s, %x, %llx: %d, and not %d", path, (unsigned)flags,
                                 (unsigned long long)resolve, got, wanted);
                return;
        }
        assert_int_equal(fstat(wanted, &a), 0);
        assert_int_equal(fstat(got, &b), 0);
        if (a.st_ino != b.st_ino || a.st_dev != b.st_dev)
                fail_msg("%s, %x, %llx: something else", path, (unsigned)flags,
                         (unsigned long long)resolve);
        assert_true(fcntl(got, F_GETFD) & FD_CLOEXEC);
}

static void test_slash_and_creation(void **state) {
        compare("b/none/", O_WRONLY | O_CREAT, RESOLVE_IN_ROOT);
        compare("a/dir/", O_WRONLY | O_CREAT, RESOLVE_IN_ROOT);
        assert_int_equal(faccessat(top, "b/none", F_OK, 0), -1);
}

/* Whoever holds a lease is asked to give it up, and who opens without waiting is told to try again.
 */
static void test_lease(void **state) {
        _cleanup_fd_ int fd = openat(top, "b/file", O_RDONLY | O_CLOEXEC);

        (void)signal(SIGIO, SIG_IGN);
        assert_true(fd >= 0);
        if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0)
                skip();
        assert_int_equal(walk_open(top, "b/file", O_WRONLY | O_NONBLOCK, 0, RESOLVE_IN_ROOT),
                         -EAGAIN);
}

static void test_the_same_as_the_kernel(void **state) {
        static const char *const paths[] = {
                ".",
                "/",
                "a",
                "a/dir/inner",
                "a/../b/file",
                "../b/file",
                "../../..",
                "a/./dir//inner/",
                "b/file",
                "b/file/x",
                "b/none",
                "none/x",
                "a/to-dir",
                "a/to-dir/inner",
                "a/to-b/file",
                "a/absolute",
                "a/to-root",
                "a/to-root/b/file",
                "a/loop",
                "a/loop/x",
                "a/dangling",
                "a/out",
                "a/out/b/file",
                "a/chain",
                "a/chain/../..",
                "a/to-dir/../b/file",
                "",
                "a/to-b/../a/to-dir/inner",
                "/b/file",
                "/a/to-dir/..",
                "b/file/",
                "b/file//",
                "b/none/",
                "a/to-dir/",
                "a/dangling/",
                "a/absolute/",
        };
        static const int flags[] = { O_PATH, O_PATH | O_DIRECTORY, O_RDONLY, O_RDONLY | O_DIRECTORY,
                                     O_PATH | O_NOFOLLOW };
        static const uint64_t resolve[] = {
                RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
                RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS,
                RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
        };

        for (size_t r = 0; r < ARRAY_SIZE(resolve); r++)
                for (size_t f = 0; f < ARRAY_SIZE(flags); f++)
                        for (size_t p = 0; p < ARRAY_SIZE(paths); p++)
                                compare(paths[p], flags[f], resolve[r]);
}

static void test_new_files(void **state) {
        const int flags = O_CREAT | O_EXCL | O_WRONLY;
        _cleanup_fd_ int fd = walk_open(top, "b/new", flags, 0600, RESOLVE_NO_SYMLINKS);
        struct stat st;

        assert_true(fd >= 0);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_mode, S_IFREG | 0600);
        assert_int_equal(walk_open(top, "b/new", flags, 0600, RESOLVE_NO_SYMLINKS), -EEXIST);
        assert_int_equal(
                walk_open(top, "a/dangling", O_CREAT | O_WRONLY, 0600, RESOLVE_NO_SYMLINKS),
                -ELOOP);
        assert_int_equal(faccessat(top, "a/nowhere", F_OK, AT_SYMLINK_NOFOLLOW), -1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_same_as_the_kernel),
                cmocka_unit_test(test_slash_and_creation),
                cmocka_unit_test(test_lease),
                cmocka_unit_test(test_new_files),
        };

        return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
