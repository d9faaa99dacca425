/* Protects the answers of base/: numbers are strict, paths compare by component, text is cut
 * safely. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/array.h"
#include "base/diag.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/path.h"
#include "base/remove-tree.h"
#include "base/strv.h"
#include "base/text.h"

static void test_numbers_are_strict(void **state) {
        uint64_t u = 7;
        int64_t i;
        unsigned p;
        uid_t id;

        assert_int_equal(number_parse_u64("18446744073709551615", 10, &u), 0);
        assert_true(u == UINT64_MAX);
        assert_int_equal(number_parse_u64("18446744073709551616", 10, &u), -ERANGE);
        assert_int_equal(number_parse_u64("", 10, &u), -EINVAL);
        assert_int_equal(number_parse_u64(" 1", 10, &u), -EINVAL);
        assert_int_equal(number_parse_u64("0x10", 0, &u), 0);
        assert_int_equal(u, 16);
        assert_int_equal(number_parse_i64("-9223372036854775808", 10, &i), 0);
        assert_true(i == INT64_MIN);
        assert_int_equal(number_parse_i64("9223372036854775808", 10, &i), -ERANGE);
        assert_int_equal(number_parse_uid("65535", &id), -ENXIO);
        assert_int_equal(number_parse_uid("007", &id), -EINVAL);
        assert_int_equal(number_parse_permyriad("12.5%", &p), 0);
        assert_int_equal(p, 1250);
        assert_int_equal(number_parse_permyriad("12.5", &p), -EINVAL);
        assert_int_equal(number_parse_size("1.5G", &u), 0);
        assert_true(u == 3ULL << 29);
        assert_int_equal(number_parse_size("16E", &u), -ERANGE);
        assert_int_equal(number_parse_size("1Q", &u), -EINVAL);
}

static void test_paths(void **state) {
        char p[] = "//a/./b//c/";

        assert_string_equal(path_simplify(p), "/a/b/c");
        assert_true(path_is_normalised("/a/b"));
        assert_false(path_is_normalised("/a/../b"));
        assert_string_equal(path_after("/usr/lib", "/usr"), "lib");
        assert_null(path_after("/usrlib", "/usr"));
        assert_string_equal(path_after("/usr", "/"), "usr");
        assert_true(path_compare("/a", "/a/b") < 0);
        assert_true(path_compare("/a/b", "/a-b") < 0);
        assert_int_equal(path_compare("/a", "/a"), 0);
}

static void test_text(void **state) {
        char excerpt[TEXT_EXCERPT_MAX];

        assert_true(text_is_utf8("h\xc3\xa9", 3));
        assert_false(text_is_utf8("\xc0\xaf", 2));
        assert_false(text_is_utf8("\xed\xa0\x80", 3));
        assert_int_equal(text_distance("PrivateTemp", "PrivateTmp", 3), 1);
        assert_int_equal(text_distance("abc", "xyz", 1), 2);
        assert_string_equal(text_excerpt("a\nb", excerpt), "a?b");
        assert_int_equal(strlen(text_excerpt("0123456789012345678901234567890123456789"
                                             "0123456789012345678901234567890123456789",
                                             excerpt)),
                         63);
}

static const char *nearest(const char *name) {
        static const char *const words[] = { "", "on", "private", "privately", "tmpfs" };
        Nearest n = nearest_to(name);

        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
                nearest_consider(&n, words[i]);
        return n.best;
}

static void test_nearest_is_near(void **state) {
        assert_string_equal(nearest("privat"), "private");
        assert_string_equal(nearest("privatel"),
                            "private"); /* as near as the next, and before it */
        assert_string_equal(nearest("pravitly"), "privately");
        assert_string_equal(nearest("TMPFS"), "tmpfs");
        assert_string_equal(nearest("o"), "on");
        assert_null(nearest("")); /* the empty word is never meant */
        assert_null(nearest("tfs-x"));
        assert_null(nearest("entirely"));
}

static void test_array_keeps_its_items(void **state) {
        _cleanup_free_ size_t *items = NULL;

        for (size_t n = 0; n < 1000; n++) {
                assert_int_equal(ARRAY_GROW(items, n), 0);
                items[n] = n;
        }
        for (size_t n = 0; n < 1000; n++)
                assert_int_equal(items[n], n);
}

static void test_strv_grows(void **state) {
        _cleanup_strv_ char **l = NULL, **copy = NULL;

        for (int i = 0; i < 100; i++)
                assert_int_equal(strv_add(&l, i % 2 ? "odd" : "even"), 0);
        assert_int_equal(strv_length(l), 100);
        assert_int_equal(strv_copy(l, &copy), 0);
        assert_true(strv_equal(l, copy));
}

/* Counting the list for each append would take half a minute. */
static void test_strv_grows_long(void **state) {
        const size_t n = 300000;
        _cleanup_strv_ char **l = NULL;
        char number[16];
        clock_t begin = clock();

        for (size_t i = 0; i < n; i++) {
                snprintf(number, sizeof(number), "%zu", i);
                assert_int_equal(strv_add(&l, number), 0);
                if (i < 300)
                        assert_int_equal(strv_length(l), i + 1);
        }
        assert_true(clock() - begin < 4 * CLOCKS_PER_SEC);
        assert_int_equal(strv_length(l), n);
        for (size_t i = 0; i < n; i++) {
                snprintf(number, sizeof(number), "%zu", i);
                assert_string_equal(l[i], number);
        }
}

static void test_strv_turns_round(void **state) {
        _cleanup_strv_ char **l = NULL;

        strv_reverse(NULL);
        for (const char *c = "abc"; *c; c++)
                assert_int_equal(strv_push(&l, strndup(c, 1)), 0);
        strv_reverse(l);
        assert_string_equal(l[0], "c");
        assert_string_equal(l[1], "b");
        assert_string_equal(l[2], "a");
        assert_null(l[3]);
}

static void test_directories_are_looked_through(void **state) {
        char place[] = "/tmp/svalinn-test-dir-XXXXXX";
        _cleanup_fd_ int fd = -EBADF;
        DIR *none = NULL;

        assert_non_null(mkdtemp(place));
        fd = open(place, O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(mkdirat(fd, "a", 0700), 0);
        assert_int_equal(mkdirat(fd, ".b", 0700), 0);
        for (int i = 0; i < 2; i++) { /* always from the beginning */
                _cleanup_(dir_closep) DIR *d = NULL;
                unsigned seen = 0;

                assert_int_equal(dir_open_at(fd, ".", &d), 0);
                for (struct dirent *e; (e = dir_next(d));)
                        seen += text_eq(e->d_name, "a") ? 1 : text_eq(e->d_name, ".b") ? 10 : 100;
                assert_int_equal(seen, 11);
        }
        assert_int_equal(dir_open_at(fd, "nothing", &none), -ENOENT);
        assert_int_equal(dir_open_at(AT_FDCWD, "/dev/null", &none), -ENOTDIR);
        assert_null(none);
        assert_int_equal(remove_tree_at(AT_FDCWD, place), 0);
}

/* Names come from files and command lines that anybody may have written. */
static void test_diag_cannot_steer_a_terminal(void **state) {
        _cleanup_(diag_done)
                Diag d = { .file = "a\x1b.service", .line = 3, .directive = "N\x1b[31m" };
        _cleanup_free_ char *line = NULL;

        diag_warning(&d, "no \"%s\"", "x\r\n\x1b]0;");
        assert_int_equal(diag_entry_format(&d.entries[0], &line), 0);
        assert_string_equal(line, "a?.service:3: N?[31m=: no \"x???]0;\"");
}

static void test_diag_names_the_place(void **state) {
        _cleanup_(diag_done) Diag d = { .file = "a.service", .line = 3, .directive = "Nice" };
        _cleanup_free_ char *line = NULL;

        assert_int_equal(diag_error(&d, -EINVAL, "\"%s\" is no number", "x"), -EINVAL);
        assert_int_equal(diag_entry_format(&d.entries[0], &line), 0);
        assert_string_equal(line, "a.service:3: Nice=: \"x\" is no number");
        for (int i = 0; i < DIAG_MAX; i++)
                diag_warning(&d, "again");
        assert_int_equal(d.n, DIAG_MAX);
        assert_int_equal(d.dropped, 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_numbers_are_strict),
                cmocka_unit_test(test_paths),
                cmocka_unit_test(test_text),
                cmocka_unit_test(test_nearest_is_near),
                cmocka_unit_test(test_array_keeps_its_items),
                cmocka_unit_test(test_strv_grows),
                cmocka_unit_test(test_strv_grows_long),
                cmocka_unit_test(test_strv_turns_round),
                cmocka_unit_test(test_directories_are_looked_through),
                cmocka_unit_test(test_diag_names_the_place),
                cmocka_unit_test(test_diag_cannot_steer_a_terminal),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
