/* Protects the merging of mounts: the longest path decides, whatever the order of the directives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>

#include "base/text.h"
#include "supervisor/sandbox/mounts.h"
#include "supervisor/sandbox/plan.h"

/* A view in a few words: "ro /etc", "rw /etc/x", "noexec /", "hide /x", "bind /x", "implied ro
 * /usr". */
static void add(Plan *p, const char *text) {
        static const char *const words[] = {
                [ACCESS_NONE] = "hide ",      [ACCESS_READ_ONLY] = "ro ", [ACCESS_WRITE] = "rw ",
                [ACCESS_NO_EXEC] = "noexec ", [ACCESS_EXEC] = "exec ",
        };
        const char *implied = text_after(text, "implied "), *path = strchr(text, '/');
        unsigned flags = implied ? OP_IMPLIED : 0;

        text = implied ? implied : text;
        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
                if (text_after(text, words[i])) {
                        assert_int_equal(plan_add_access(p, "T", path, (Access)i, flags), 0);
                        return;
                }
        assert_non_null(text_after(text, "bind "));
        assert_int_equal(plan_add_path(p, OP_BIND, "T", path, flags), 0);
        p->ops[p->n - 1].clear = MOUNT_ATTR_RDONLY;
        p->ops[p->n - 1].source = strdup("/source");
}

/* The merged view: a letter for the kind, the path, and what it gets. */
static char *merged(const char *const *lines, size_t n) {
        Plan p = { 0 };
        StrBuf b = { 0 };
        char *text;

        for (size_t i = 0; i < n; i++)
                add(&p, lines[i]);
        mounts_merge(p.ops, &p.n, true);
        for (size_t i = 0; i < p.n; i++)
                strbuf_addf(&b, "%s%s %s%s%s", i ? "; " : "", op_kind_name(p.ops[i].kind),
                            p.ops[i].path, p.ops[i].set & MOUNT_ATTR_RDONLY ? " ro" : "",
                            p.ops[i].set & MOUNT_ATTR_NOEXEC ? " noexec" : "");
        assert_int_equal(strbuf_take(&b, &text), 0);
        plan_done(&p);
        return text;
}

/* Every order of the lines gives the same view. */
static void check(const char *expected, const char *a, const char *b, const char *c) {
        static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                          { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
        const char *all[3] = { a, b, c };

        for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
                const char *lines[3];
                size_t n = 0;
                _cleanup_free_ char *text = NULL;

                for (size_t k = 0; k < 3; k++)
                        if (all[orders[i][k]])
                                lines[n++] = all[orders[i][k]];
                text = merged(lines, n);
                assert_string_equal(text, expected);
        }
}

static void test_longest_path_decides(void **state) {
        check("attributes / ro; attributes /var; attributes /var/lib ro", "ro /", "rw /var",
              "ro /var/lib");
        check("attributes /etc ro", "ro /etc", "ro /etc/ssl", "rw /var");
        check("attributes / ro; attributes /a-b", "ro /", "rw /a-b", "ro /a");
}

static void test_dimensions_are_independent(void **state) {
        check("attributes / noexec; attributes /usr; attributes /usr/share ro", "noexec /",
              "exec /usr", "ro /usr/share");
        check("attributes / ro noexec; attributes /usr ro", "noexec /", "exec /usr", "ro /");
        check("attributes / ro; attributes /tmp noexec", "ro /", "rw /tmp", "noexec /tmp");
}

static void test_same_path(void **state) {
        check("attributes /x ro", "ro /x", "rw /x", NULL);
        check("", "implied ro /", "rw /", NULL);
        check("attributes / ro; attributes /etc", "ro /", "implied ro /etc", "rw /etc");
        check("inaccessible /x ro", "hide /x", "ro /x", "bind /x");
        check("bind /x ro", "bind /x", "ro /x", NULL);
        check("bind /x", "bind /x", "implied ro /x", NULL);
}

static void test_nothing_below_the_inaccessible(void **state) {
        check("inaccessible /home", "hide /home", "bind /home/me/x", "rw /home/me");
}

static void test_content_inherits_noexec_only(void **state) {
        check("attributes / ro noexec; bind /tmp noexec", "ro /", "noexec /", "bind /tmp");
}

/* "rw /tmp/x" in a new /tmp changes nothing, but has to fail where there is no such path. */
static void test_new_content_is_not_known(void **state) {
        check("bind /tmp; attributes /tmp/x; attributes /tmp/x/y", "bind /tmp", "rw /tmp/x",
              "rw /tmp/x/y");
        check("bind /tmp; attributes /tmp/x ro", "bind /tmp", "ro /tmp/x", "rw /tmp-x");
}

/* So many that sorting by insertion, or looking through all for each parent, takes long. */
static void test_many(void **state) {
        const size_t n = 50000;
        clock_t begin = clock();
        Plan p = { 0 };

        for (size_t i = n; i-- > 0;) {
                char line[64];

                snprintf(line, sizeof(line), "bind /a/%05zu/b", i / 2);
                add(&p, line);
                snprintf(p.ops[p.n - 1].source, sizeof("/source"), "/%zu", i);
        }
        add(&p, "noexec /a");
        mounts_merge(p.ops, &p.n, true);
        assert_true(clock() - begin < 2 * CLOCKS_PER_SEC);
        assert_int_equal(p.n, n / 2 + 1);
        assert_int_equal(mounts_parent(p.ops, 0), -1);
        for (size_t i = 1; i < p.n; i++) {
                char source[16];

                /* of two contents on one path the one that was written first */
                snprintf(source, sizeof(source), "/%zu", 2 * i - 1);
                assert_string_equal(p.ops[i].source, source);
                assert_int_equal(mounts_parent(p.ops, i), 0);
                assert_true(p.ops[i].set & MOUNT_ATTR_NOEXEC);
        }
        plan_done(&p);
}

static void test_parents(void **state) {
        static const char *const lines[] = { "bind /a",   "bind /a/b/c", "bind /a/b/c/d",
                                             "bind /a/e", "bind /a-f",   "bind /g" };
        static const ssize_t parents[] = { -1, 0, 1, 0, -1, -1 };
        Plan p = { 0 };

        for (size_t i = ARRAY_SIZE(lines); i-- > 0;)
                add(&p, lines[i]);
        mounts_merge(p.ops, &p.n, true);
        assert_int_equal(p.n, ARRAY_SIZE(lines));
        for (size_t i = 0; i < p.n; i++) {
                assert_string_equal(p.ops[i].path, text_after(lines[i], "bind "));
                assert_int_equal(mounts_parent(p.ops, i), parents[i]);
        }
        plan_done(&p);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_longest_path_decides),
                cmocka_unit_test(test_dimensions_are_independent),
                cmocka_unit_test(test_same_path),
                cmocka_unit_test(test_nothing_below_the_inaccessible),
                cmocka_unit_test(test_content_inherits_noexec_only),
                cmocka_unit_test(test_new_content_is_not_known),
                cmocka_unit_test(test_parents),
                cmocka_unit_test(test_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
