/* Protects the reading of unit text: the table of odd inputs below, refusals, line numbers, limits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "units/unit-text.h"

/* "[S]" for headers and "S.K=V@LINE;" for assignments, one after the other. */
static int record(const UnitTextItem *item, void *userdata) {
        StrBuf *b = userdata;

        if (item->key)
                strbuf_addf(b, "%s.%s=%s@%u;", item->section, item->key, item->value, item->line);
        else if (text_eq(item->section, "Skip"))
                return 0;
        else if (text_eq(item->section, "Stop"))
                return -ECANCELED;
        return 1;
}

typedef struct Case {
        const char *text;
        const char *expected; /* NULL: refused with ERROR */
        int error;
        unsigned warnings;
} Case;

static const Case cases[] = {
        { "", "" },
        { "[S]\nA=1\nB=2\n", "S.A=1@2;S.B=2@3;" },
        { "[S]\nA=1", "S.A=1@2;" },
        { "  [S]\t\n\t A \t=\t 1 2 \t\n", "S.A=1 2@2;" },
        { "[S]\nA=1\nA=\nA=2\n", "S.A=1@2;S.A=@3;S.A=2@4;" },
        { "[S]\nE=/bin/sh -c 'a ; b'\nF= ;x\nG=a # b\n",
          "S.E=/bin/sh -c 'a ; b'@2;S.F=;x@3;S.G=a # b@4;" },
        { "# c\n ; c\n[S]\n\t#A=1\nA=1#2\n", "S.A=1#2@5;" },
        { "[S]\nA=a=b==\n", "S.A=a=b==@2;" },
        { "[S]\nListen:x=1\n", "S.Listen:x=1@2;" },
        { "[S]\n[]\nA=1\n[a]b]\nB=2\n", ".A=1@3;a]b.B=2@5;" },
        { "[Skip]\nA=1\nnothing\n[S]\nB=2\n", "S.B=2@5;" },

        /* continuation */
        { "[S]\nA=1 \\\n   2 \\\n3\nB=4\n", "S.A=1     2  3@2;S.B=4@5;" },
        { "[S]\nA=1\\\n# note\\\n;note\n2\n", "S.A=1 2@2;" },
        { "[S]\nA=1\\\n\nB=2\n", "S.A=1@2;S.B=2@4;" },
        { "[S]\nA=1\\", "S.A=1@2;" },
        { "[S]\nA=1\\\n", "S.A=1@2;" },
        { "[S]\nA=1\\\\\nB=2\\\\\\\n3\n", "S.A=1\\\\@2;S.B=2\\\\ 3@3;" },
        { "[S]\nA\\\n=1\n", "S.A=1@2;" },
        { "[S\\\n]\nA=1\n", "S .A=1@3;" },
        { "[S]\nA=1 \\ \nB=2\n", "S.A=1 \\@2;S.B=2@3;" },

        /* line ends */
        { "[S]\r\nA=1 \\\r\n2\r\nB=3\r\n", "S.A=1  2@2;S.B=3@4;" },
        { "[S]\rA=1\rB=2", "S.A=1@2;S.B=2@3;" },
        { "[S]\n\rA=1\n\n\rB=2", "S.A=1@2;S.B=2@4;" },
        { "[S]\nA=1\v\f\n", "S.A=1\v\f@2;" },

        /* byte order marks: the first one vanishes, wherever a line begins with it */
        { "\xef\xbb\xbf[S]\nA=1\n", "S.A=1@2;" },
        { "[S]\n\xef\xbb\xbf"
          "A=1\n\xef\xbb\xbf"
          "B=2",
          "S.A=1@2;S.\xef\xbb\xbf"
          "B=2@3;" },
        { "[S]\n\xef\xbb\xbf#A=1", "S.#A=1@2;" },

        /* one wrong line does not lose the rest */
        { "A=1\n[S]\nnothing\n=1\nB=2\n", "S.B=2@5;", 0, 3 },
        { "[S]\nFoo: bar\nB=2\n", "S.B=2@3;", 0, 1 },

        /* refused as a whole */
        { "[S]\nA=1\n[X\nB=2\n", NULL, -EBADMSG },
        { "[S] junk\nA=1\n", NULL, -EBADMSG },
        { "[", NULL, -EBADMSG },
        { "[a\"b]\n", NULL, -EBADMSG },
        { "[a\\b]\n", NULL, -EBADMSG },
        { "[a\tb]\n", NULL, -EBADMSG },
        { "[a\x7f]\n", NULL, -EBADMSG },
        { "[S]\nA=\xff\n", NULL, -EINVAL },
        { "\xc3\n", NULL, -EINVAL },
        { "[S]\nA=\xed\xa0\x80\n", NULL, -EINVAL },
        { "[S]\nA=\xef\xb7\x90\n", NULL, -EINVAL },
        { "[S]\nA=\xef\xbf\xbe\n", NULL, -EINVAL },
        { "[S]\nA=\xf0\x9f\xbf\xbf\n", NULL, -EINVAL },
        { "[S]\n#\xff\nA=\xc3\xa4\xef\xbf\xbd\xf0\x9f\x98\x80\n",
          "S.A=\xc3\xa4\xef\xbf\xbd\xf0\x9f\x98\x80@3;" },
        { "[S]\nA=1\n[Stop]\nB=1\n", NULL, -ECANCELED },
};

static int parse(const char *text, size_t size, StrBuf *b, Diag *diag) {
        int r;

        strbuf_add(b, "");
        r = unit_text_parse(text, size, record, b, diag);
        assert_int_equal(b->error, 0);
        return r;
}

static void test_table(void **state) {
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                const Case *c = &cases[i];
                _cleanup_(strbuf_done) StrBuf b = { 0 };
                _cleanup_(diag_done) Diag diag = { 0 };
                /* a copy of the exact size, so that a read beyond it is seen */
                size_t size = strlen(c->text);
                _cleanup_free_ char *copy = malloc(size + !size);
                int r;

                memcpy(copy, c->text, size);
                r = parse(copy, size, &b, &diag);
                if (r != c->error || (c->expected && !text_eq(b.text, c->expected)))
                        print_error("case %zu: %s\n got %d %s\nwant %d %s\n", i, c->text, r, b.text,
                                    c->error, c->expected ? c->expected : "");
                assert_int_equal(r, c->error);
                if (c->expected)
                        assert_string_equal(b.text, c->expected);
                assert_int_equal(diag_count(&diag, DIAG_WARNING), c->warnings);
                assert_int_equal(diag_count(&diag, DIAG_ERROR), r < 0 && r != -ECANCELED);
        }
}

static void test_nul_ends_lines(void **state) {
        static const char text[] = "[S]\0A=1\n\0B=2\r\n\0\0C=3\\\0D=4";
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        assert_int_equal(parse(text, sizeof(text) - 1, &b, NULL), 0);
        assert_string_equal(b.text, "S.A=1@2;S.B=2@3;S.C=3 D=4@5;");
}

static void test_messages_name_their_line(void **state) {
        static const char text[] = "[S]\nA=1 \\\n# note\n 2\nfoo\n[bad\n";
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_(diag_done) Diag diag = { .file = "f" };
        _cleanup_free_ char *line = NULL;

        assert_int_equal(parse(text, strlen(text), &b, &diag), -EBADMSG);
        assert_int_equal(diag.n, 2);
        assert_int_equal(diag.entries[0].line, 5);
        assert_int_equal(diag.entries[1].line, 6);
        assert_int_equal(diag.line, 0);
        assert_null(diag.directive);
        assert_int_equal(diag_entry_format(&diag.entries[0], &line), 0);
        assert_string_equal(line, "f:5: \"foo\" is ignored: it has no \"=\"; write NAME=VALUE");
}

static int say_something(const UnitTextItem *item, void *userdata) {
        if (item->key)
                diag_warning(userdata, "odd");
        return 1;
}

static void test_handler_speaks_of_its_line(void **state) {
        static const char text[] = "[S]\n\nFoo =\\\n1\n";
        _cleanup_(diag_done) Diag diag = { 0 };

        assert_int_equal(unit_text_parse(text, strlen(text), say_something, &diag, &diag), 0);
        assert_int_equal(diag.n, 1);
        assert_int_equal(diag.entries[0].line, 3);
        assert_string_equal(diag.entries[0].directive, "Foo");
}

/* HEAD, then FILL repeated to LENGTH bytes, then TAIL. Returns what the parser does. */
static int parse_long(const char *head, char fill, size_t length, const char *tail) {
        _cleanup_free_ char *text = malloc(strlen(head) + length + strlen(tail) + 1);
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char *p = stpcpy(text, head);

        memset(p, fill, length);
        strcpy(p + length, tail);
        return parse(text, strlen(head) + length + strlen(tail), &b, NULL);
}

static void test_line_limit(void **state) {
        const size_t max = UNIT_TEXT_LINE_MAX;

        assert_int_equal(parse_long("[S]\nA=", 'x', max - 3, "\n"), 0);
        assert_int_equal(parse_long("[S]\nA=", 'x', max - 2, "\n"), -ENOBUFS);
        assert_int_equal(parse_long("[S]\nA=", 'x', max - 2, ""), -ENOBUFS);
        assert_int_equal(parse_long("#", 'x', max - 1, "\n"), -ENOBUFS);
        assert_int_equal(parse_long("[S]\nA=\\\n", 'x', max - 3, "\n"), 0);
        assert_int_equal(parse_long("[S]\nA=\\\n", 'x', max - 2, "\n"), -ENOBUFS);
}

static double seconds(void) {
        struct timespec t;

        assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Ten megabytes of whatever is nastiest; quadratic work would take minutes. */
static void test_large_files(void **state) {
        static const char *const units[] = { "\n",    "\r", "\\\n", "A=1\n",         "A=1\\\n#\n\n",
                                             "[S]\n", "x",  "=\n",  "\xef\xbb\xbf\n" };
        const size_t size = 10 << 20;
        _cleanup_free_ char *text = malloc(size);
        double begin = seconds();

        for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
                _cleanup_(strbuf_done) StrBuf b = { 0 };
                _cleanup_(diag_done) Diag diag = { 0 };
                size_t n = strlen(units[i]);
                int r;

                for (size_t k = 0; k < size; k++)
                        text[k] = units[i][k % n];
                r = parse(text, size, &b, &diag);
                assert_true(r == 0 || r == -ENOBUFS || r == -EINVAL);
                assert_true(diag.n <= DIAG_MAX);
        }
        memset(text, 0, size);
        assert_int_equal(unit_text_parse(text, size, record, NULL, NULL), 0);
        assert_true(seconds() - begin < 20);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_table),
                cmocka_unit_test(test_nul_ends_lines),
                cmocka_unit_test(test_messages_name_their_line),
                cmocka_unit_test(test_handler_speaks_of_its_line),
                cmocka_unit_test(test_line_limit),
                cmocka_unit_test(test_large_files),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
