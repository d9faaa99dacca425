/*
 * Protects the syntax of environment files, as systemd reads them, and that
 * what assigns nothing is named with its line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "units/environment-file.h"
#include "units/environment.h"

typedef struct Case {
        const char *text;
        const char *assignments; /* "[A=1][B=2]" */
} Case;

static char *join(char *const *list) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char *ret;

        STRV_FOREACH(s, list) {
                strbuf_addf(&b, "[%s]", *s);
        }
        assert_int_equal(strbuf_take(&b, &ret), 0);
        return ret;
}

static void test_syntax(void **state) {
        static const Case cases[] = {
                { "", "" },
                { "A=1", "[A=1]" },
                { "A=1\nB=2\n", "[A=1][B=2]" },
                { "A=1\r\nB=2\r\n", "[A=1][B=2]" },
                { "  A  =  1 2  \n", "[A=1 2]" },
                { "A=\nB=", "[A=][B=]" },
                { "# A=1\n; B=2\n  # C=3\nD=4 # 5", "[D=4 # 5]" },
                { "# joined \\\nA=1\nB=2", "[B=2]" },
                { "A=1\nA=2", "[A=2]" },
                { "A=a\\\nb", "[A=ab]" },
                { "A=a \\\n b", "[A=a  b]" },
                { "A=a\\nb", "[A=anb]" },
                { "A=a\\ ", "[A=a ]" },
                { "A=\\\"x\\\"", "[A=\"x\"]" },
                { "A='x y' ", "[A=x y]" },
                { "A='x\\'", "[A=x\\]" },
                { "A='x\ny'\nB=1", "[A=x\ny][B=1]" },
                { "A=\"x y\"", "[A=x y]" },
                { "A=\"\\\" \\\\ \\$ \\` \\n\"", "[A=\" \\ $ ` \\n]" },
                { "A=\"x\\\ny\"", "[A=xy]" },
                { "A=\"x\" 'y'z", "[A=xyz]" },
                { "A=x\"y\"", "[A=x\"y\"]" },
                { "A=$B ${C} %n", "[A=$B ${C} %n]" },
                { "A=b=c", "[A=b=c]" },
                { "A=\xc3\xa4", "[A=\xc3\xa4]" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_(diag_done) Diag diag = { 0 };
                _cleanup_strv_ char **list = NULL;
                _cleanup_free_ char *joined = NULL;

                assert_int_equal(environment_file_parse("f", cases[i].text, strlen(cases[i].text),
                                                        &list, &diag),
                                 0);
                joined = join(list);
                assert_string_equal(joined, cases[i].assignments);
                assert_int_equal(diag.n, 0);
        }
}

static void test_messages(void **state) {
        static const char text[] = "A=1\n# \\\n\nnothing\nB='x\ny'\n1C=2\nD=\"open";
        static const struct {
                unsigned line;
                const char *message;
        } wanted[] = {
                { 4, "\"nothing\" assigns nothing" },
                { 7, "\"1C\" is no name" },
                { 8, "a quote is not closed" },
        };
        _cleanup_(diag_done) Diag diag = { .file = "unit", .line = 77 };
        _cleanup_strv_ char **list = NULL;
        _cleanup_free_ char *joined = NULL;

        assert_int_equal(environment_file_parse("f.env", text, strlen(text), &list, &diag), 0);
        joined = join(list);
        assert_string_equal(joined, "[A=1][B=x\ny][D=open]");
        assert_int_equal(diag.n, ARRAY_SIZE(wanted));
        for (size_t i = 0; i < diag.n; i++) {
                assert_string_equal(diag.entries[i].file, "f.env");
                assert_int_equal(diag.entries[i].line, wanted[i].line);
                assert_non_null(strstr(diag.entries[i].message, wanted[i].message));
        }
        assert_string_equal(diag.file, "unit");
        assert_int_equal(diag.line, 77);
}

static void test_refused_as_a_whole(void **state) {
        _cleanup_strv_ char **list = NULL;

        assert_int_equal(strv_add(&list, "A=1"), 0);
        assert_int_equal(environment_file_parse("f", "A=2\0B=3", 7, &list, NULL), -EBADMSG);
        assert_int_equal(environment_file_parse("f", "A=\xff", 3, &list, NULL), -EBADMSG);
        assert_string_equal(list[0], "A=1");
        assert_null(list[1]);
        assert_int_equal(environment_file_parse("f", "B=\nA=3", 6, &list, NULL), 0);
        assert_string_equal(list[0], "A=3");
        assert_string_equal(environment_get(list, "B", 1), "");
        assert_null(environment_get(list, "AB", 2));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_syntax),
                cmocka_unit_test(test_messages),
                cmocka_unit_test(test_refused_as_a_whole),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
