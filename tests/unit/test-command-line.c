/*
 * Protects how command lines are read, that what is written reads back as
 * equal, and what becomes of variables when the program starts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/strv.h"
#include "base/text.h"
#include "units/command-line.h"
#include "units/specifier.h"

static const SpecifierContext specifiers = { .unit = "foo@bar.service" };

/* "-@:+!~" for the flags ("~" for "!!"), path, then each argument in brackets. */
static void show(const Command *c, StrBuf *b) {
        strbuf_addf(b, "%s%s%s%s%s%s", c->ignore_failure ? "-" : "", c->no_environment ? ":" : "",
                    c->full_privileges ? "+" : "", c->no_setuid ? "!" : "",
                    c->ambient_or_setuid ? "~" : "", c->path);
        STRV_FOREACH(a, c->argv) {
                strbuf_addf(b, "[%s]", *a);
        }
}

static char *show_all(const CommandList *list) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char *ret;

        for (size_t i = 0; i < list->n; i++) {
                strbuf_add(&b, i > 0 ? "; " : "");
                show(&list->items[i], &b);
        }
        assert_int_equal(strbuf_take(&b, &ret), 0);
        return ret;
}

static void check_reads_back(const Command *c, const char *formatted) {
        _cleanup_(command_line_list_done) CommandList again = { 0 };
        _cleanup_free_ char *text = NULL;

        assert_int_equal(command_line_format(c, &text), 0);
        if (formatted)
                assert_string_equal(text, formatted);
        assert_int_equal(command_line_parse(text, NULL, NULL, &again), 0);
        assert_int_equal(again.n, 1);
        assert_true(command_line_equal(c, &again.items[0]));
}

typedef struct Case {
        const char *text;
        const char *shown;
        const char *formatted; /* of the first command; NULL: not looked at */
} Case;

static void test_read(void **state) {
        static const Case cases[] = {
                { "/bin/a", "/bin/a[/bin/a]", "/bin/a" },
                { "a b c", "a[a][b][c]", "a b c" },
                { "/bin/a \"b c\" 'd e' f\\x20g", "/bin/a[/bin/a][b c][d e][f g]",
                  "/bin/a \"b c\" \"d e\" \"f g\"" },
                { "/bin/a a\"b c\"d ''", "/bin/a[/bin/a][ab cd][]", "/bin/a \"ab cd\" \"\"" },
                { "/bin/a \\t\\n\\\\", "/bin/a[/bin/a][\t\n\\]", "/bin/a \"\\t\\n\\\\\"" },
                { "@/bin/a b c", "/bin/a[b][c]", "@/bin/a b c" },
                { "@/bin/a ''", "/bin/a[]", "@/bin/a \"\"" },
                { "@/bin/a /bin/a", "/bin/a[/bin/a]", "/bin/a" },
                { "-/bin/a", "-/bin/a[/bin/a]", "-/bin/a" },
                { ":/bin/a", ":/bin/a[/bin/a]", ":/bin/a" },
                { "+/bin/a", "+/bin/a[/bin/a]", "+/bin/a" },
                { "!/bin/a", "!/bin/a[/bin/a]", "!/bin/a" },
                { "!!/bin/a", "~/bin/a[/bin/a]", "!!/bin/a" },
                { "!-!:@/bin/a x", "-:~/bin/a[x]", "@-:!!/bin/a x" },
                { ":-@+/bin/a x", "-:+/bin/a[x]", "@-:+/bin/a x" },
                { "\"-/bin/a b\" c", "-/bin/a b[/bin/a b][c]", "\"-/bin/a b\" c" },
                { "//bin/./a", "/bin/a[//bin/./a]", "@/bin/a //bin/./a" },
                { "/bin/a ; /bin/b c ; -/bin/d",
                  "/bin/a[/bin/a]; /bin/b[/bin/b][c]; -/bin/d[/bin/d]", NULL },
                { "; /bin/a ;", "/bin/a[/bin/a]", NULL },
                { "/bin/a \\; \";\" b; c;d", "/bin/a[/bin/a][;][;][b;][c;d]",
                  "/bin/a \";\" \";\" \"b;\" \"c;d\"" },
                { "/bin/a \\\\; x", "/bin/a[/bin/a][\\;][x]", NULL },
                { "/usr/%p/a %i %%i", "/usr/foo/a[/usr/foo/a][bar][%i]", "/usr/foo/a bar %%i" },
                { "/bin/a \"%i c\" %I", "/bin/a[/bin/a][bar c][bar]", NULL },
                { "/bin/a $A ${B} $$", "/bin/a[/bin/a][$A][${B}][$$]", "/bin/a $A ${B} $$" },
                { "/bin/a # b", "/bin/a[/bin/a][#][b]", "/bin/a # b" },
                { "/bin/a \\xc3\\xa4\\xff", "/bin/a[/bin/a][\xc3\xa4\xff]", NULL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_(command_line_list_done) CommandList list = { 0 };
                _cleanup_(diag_done) Diag diag = { 0 };
                _cleanup_free_ char *shown = NULL;

                assert_int_equal(command_line_parse(cases[i].text, &specifiers, &diag, &list), 0);
                shown = show_all(&list);
                assert_string_equal(shown, cases[i].shown);
                assert_int_equal(diag.n, 0);
                for (size_t j = 0; j < list.n; j++)
                        check_reads_back(&list.items[j], j == 0 ? cases[i].formatted : NULL);
        }
}

static void test_refused(void **state) {
        static const Case cases[] = {
                { "bin/a", NULL, "no program" },
                { "/bin/a ; b/c", NULL, "no program" },
                { "/bin/", NULL, "is a directory" },
                { "//.", NULL, "is a directory" },
                { "@", NULL, "names no program" },
                { "+!", NULL, "no program" },
                { "@/bin/a", NULL, "the name for the program must follow" },
                { "@@/bin/a b", NULL, "no program" },
                { "++/bin/a", NULL, "no program" },
                { "\"/bin/a'b\"", NULL, "contains a quote" },
                { "/bin/a\\nb", NULL, "control character" },
                { "/bin/a \"b", NULL, "a quote is not closed: \"b" },
                { "/bin/a %Z", NULL, "no specifier %Z" },
                { "..", NULL, "no program" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_(command_line_list_done) CommandList list = { 0 };
                _cleanup_(diag_done) Diag diag = { 0 };

                assert_int_equal(command_line_parse("/bin/first", NULL, NULL, &list), 0);
                assert_true(command_line_parse(cases[i].text, &specifiers, &diag, &list) < 0);
                assert_int_equal(list.n, 1);
                assert_int_equal(diag_count(&diag, DIAG_ERROR), 1);
                assert_non_null(strstr(diag.entries[0].message, cases[i].formatted));
        }
}

/* "-" in front: what is wrong is left out, and said as a warning. */
static void test_wrong_and_ignored(void **state) {
        _cleanup_(command_line_list_done) CommandList list = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };

        assert_int_equal(command_line_parse("/bin/a ; -b/c ; /bin/d", NULL, &diag, &list), 0);
        assert_int_equal(list.n, 1);
        assert_int_equal(diag_count(&diag, DIAG_ERROR), 0);
        assert_int_equal(diag_count(&diag, DIAG_WARNING), 2);
}

static void test_unknown_escape_is_kept(void **state) {
        _cleanup_(command_line_list_done) CommandList list = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };

        assert_int_equal(command_line_parse("/bin/a b\\.c", NULL, &diag, &list), 0);
        assert_string_equal(list.items[0].argv[1], "b\\.c");
        assert_int_equal(diag_count(&diag, DIAG_WARNING), 1);
}

static void test_substitute(void **state) {
        static const char *const environment[] = { "ONE=one", "TWO=a  'b c' d\\",
                                                   "EMPTY=", "X=$ONE", NULL };
        static const Case cases[] = {
                { "/a $ONE", "[/a][one]", NULL },
                { "/a $TWO", "[/a][a][b c][d]", NULL },
                { "/a ${TWO}", "[/a][a  'b c' d\\]", NULL },
                { "/a x${ONE}y${ONE}", "[/a][xoneyone]", NULL },
                { "/a x$ONE", "[/a][x$ONE]", NULL },
                { "/a $X ${X}", "[/a][$ONE][$ONE]", NULL },
                { "/a $EMPTY b", "[/a][b]", NULL },
                { "/a ${EMPTY} b", "[/a][][b]", NULL },
                { "/a $NONE ${NONE} b", "[/a][][b]", "NONE is not set" },
                { "/a $ONE/x b", "[/a][b]", "is no variable" },
                { "/a $ b", "[/a][b]", "is no variable" },
                { "/a $$ONE $${ONE} a$$$$b", "[/a][$ONE][${ONE}][a$$b]", NULL },
                { "/a ${ONE", "[/a][${ONE]", NULL },
                { "/a x${ONE:-y}", "[/a][x${ONE:-y}]", NULL },
                { "/a ${ONE:${ONE}", "[/a][${ONE:one]", NULL },
                { "/a a$ $-", "[/a][a$]", "is no variable" },
                { ":/a $ONE ${ONE} $$", "[/a][$ONE][${ONE}][$$]", NULL },
                { "@/a $ONE $ONE", "[$ONE][one]", NULL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_(command_line_list_done) CommandList list = { 0 };
                _cleanup_(diag_done) Diag diag = { 0 };
                _cleanup_(strbuf_done) StrBuf b = { 0 };
                _cleanup_strv_ char **argv = NULL;

                assert_int_equal(command_line_parse(cases[i].text, NULL, NULL, &list), 0);
                assert_int_equal(command_line_substitute(&list.items[0], (char *const *)environment,
                                                         &diag, &argv),
                                 0);
                STRV_FOREACH(a, argv) {
                        strbuf_addf(&b, "[%s]", *a);
                }
                assert_string_equal(b.text, cases[i].shown);
                assert_int_equal(diag.n > 0, cases[i].formatted != NULL);
                if (cases[i].formatted)
                        assert_non_null(strstr(diag.entries[0].message, cases[i].formatted));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_read),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_wrong_and_ignored),
                cmocka_unit_test(test_unknown_escape_is_kept),
                cmocka_unit_test(test_substitute),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
