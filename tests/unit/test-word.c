/* Protects the splitting of values into words, the escapes, and that quoted words come back whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/unit-text.h"
#include "units/word.h"

typedef struct Case {
        const char *value;
        const char *separators;
        WordFlags flags;
        const char *expected; /* words in <>; NULL: -EINVAL */
} Case;

static const Case cases[] = {
        { "", NULL, WORD_UNQUOTE, "" },
        { "  \t ", NULL, WORD_UNQUOTE, "" },
        { " a  b\tc ", NULL, WORD_UNQUOTE, "<a><b><c>" },
        { "a 'b c' \"d e\" f'g h'i", NULL, WORD_UNQUOTE, "<a><b c><d e><fg hi>" },
        { "a 'b c' \"d e\"", NULL, WORD_KEEP_QUOTE, "<a><'b c'><\"d e\">" },
        { "a 'b c'", NULL, 0, "<a><'b><c'>" },
        { "'' \"\"", NULL, WORD_UNQUOTE, "<><>" },
        { "a'b", NULL, WORD_UNQUOTE, NULL },
        { "a'b c", NULL, WORD_UNQUOTE | WORD_RELAX, "<ab c>" },
        { "a\"b'c\"'d\"e'", NULL, WORD_UNQUOTE, "<ab'cd\"e>" },
        { "a\\ b", NULL, WORD_UNQUOTE, "<a b>" },
        { "a\\ b", NULL, WORD_UNQUOTE | WORD_CUNESCAPE, NULL },
        { "a\\ b", NULL, WORD_UNQUOTE | WORD_CUNESCAPE | WORD_UNESCAPE_SEPARATORS, "<a b>" },
        { "a\\ b", NULL, WORD_UNQUOTE | WORD_CUNESCAPE | WORD_UNESCAPE_RELAX, "<a\\ b>" },
        { "a\\ b", NULL, WORD_UNQUOTE | WORD_RETAIN_ESCAPE, "<a\\><b>" },
        { "a\\", NULL, WORD_UNQUOTE, NULL },
        { "a\\", NULL, WORD_RELAX, "<a>" },
        { "a\\", NULL, WORD_UNESCAPE_RELAX, "<a\\>" },
        { "'a\\", NULL, WORD_UNQUOTE | WORD_UNESCAPE_RELAX, NULL },
        { "\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\\'\\s", NULL, WORD_CUNESCAPE, "<\a\b\f\n\r\t\v\\\"' >" },
        { "\\x41\\102\\u00e4\\U0001f600\\xff", NULL, WORD_CUNESCAPE,
          "<AB\xc3\xa4\xf0\x9f\x98\x80\xff>" },
        { "\\x00", NULL, WORD_CUNESCAPE, NULL },
        { "\\000", NULL, WORD_CUNESCAPE, NULL },
        { "\\400", NULL, WORD_CUNESCAPE, NULL },
        { "\\u0000", NULL, WORD_CUNESCAPE, NULL },
        { "\\U00110000", NULL, WORD_CUNESCAPE, NULL },
        { "\\x4", NULL, WORD_CUNESCAPE, NULL },
        { "\\q", NULL, WORD_CUNESCAPE, NULL },
        { "a:b::c:", ":", WORD_UNQUOTE | WORD_DONT_COALESCE_SEPARATORS, "<a><b><><c><>" },
        { "", ":", WORD_DONT_COALESCE_SEPARATORS, "<>" },
        { ":", ":", WORD_DONT_COALESCE_SEPARATORS, "<><>" },
        { "a:b::c:", ":", WORD_UNQUOTE, "<a><b><c>" },
        { "a\\:b:c", ":", WORD_UNESCAPE_SEPARATORS, "<a:b><c>" },
        { "'a:b':c", ":", WORD_UNQUOTE, "<a:b><c>" },
};

static void test_table(void **state) {
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                const Case *c = &cases[i];
                _cleanup_strv_ char **words = NULL;
                _cleanup_(strbuf_done) StrBuf b = { 0 };
                int r = word_split(c->value, c->separators, c->flags, &words);

                if (!c->expected) {
                        assert_int_equal(r, -EINVAL);
                        assert_null(words);
                        continue;
                }
                assert_int_equal(r, 0);
                strbuf_add(&b, "");
                STRV_FOREACH(w, words)
                        strbuf_addf(&b, "<%s>", *w);
                assert_string_equal(b.text, c->expected);
        }
}

static void test_position(void **state) {
        const char *value = "a:b c", *p = value;
        char *word = NULL;

        assert_int_equal(word_next(&p, ":", WORD_RETAIN_SEPARATORS, &word), 1);
        assert_string_equal(word, "a");
        assert_string_equal(p, ":b c");
        free(word);
        assert_int_equal(word_next(&p, ":", 0, &word), 1);
        assert_string_equal(word, "b c");
        assert_null(p);
        free(word);
        assert_int_equal(word_next(&p, ":", 0, &word), 0);
        assert_null(word);

        p = value = "'x";
        assert_int_equal(word_next(&p, NULL, WORD_UNQUOTE, &word), -EINVAL);
        assert_ptr_equal(p, value);
        assert_null(word);
}

static void test_lenient(void **state) {
        const char *p = "C:\\qux 'x";
        char *word = NULL;
        _cleanup_(diag_done) Diag diag = { 0 };

        assert_int_equal(word_next_lenient(&p, NULL, WORD_UNQUOTE | WORD_CUNESCAPE, &word, &diag),
                         1);
        assert_string_equal(word, "C:\\qux");
        free(word);
        assert_int_equal(diag_count(&diag, DIAG_WARNING), 1);
        assert_int_equal(word_next_lenient(&p, NULL, WORD_UNQUOTE | WORD_CUNESCAPE, &word, &diag),
                         -EINVAL);
        assert_int_equal(diag_count(&diag, DIAG_ERROR), 1);
        assert_string_equal(p, "'x");
}

static void test_unescape(void **state) {
        _cleanup_free_ char *text = NULL;
        char *untouched = NULL;

        assert_int_equal(word_unescape("a 'b'\\n\\x41", &text), 0);
        assert_string_equal(text, "a 'b'\nA");
        assert_int_equal(word_unescape("a\\", &untouched), -EINVAL);
        assert_int_equal(word_unescape("\\z", &untouched), -EINVAL);
        assert_null(untouched);
}

static void check_quote(const char *word, const char *expected) {
        _cleanup_free_ char *quoted = NULL;

        assert_int_equal(word_quote(word, &quoted), 0);
        assert_string_equal(quoted, expected);
}

static void test_quote(void **state) {
        check_quote("plain/word=1", "plain/word=1");
        check_quote("", "\"\"");
        check_quote("a b", "\"a b\"");
        check_quote("it's", "\"it's\"");
        check_quote("a\"b\\", "\"a\\\"b\\\\\"");
        check_quote("a\nb\x01\x7f", "\"a\\nb\\x01\\x7f\"");
        check_quote(";", "\";\"");
        check_quote("\xc3\xa4", "\xc3\xa4");
        check_quote("\xc3", "\"\\xc3\"");
        check_quote("\xef\xbf\xbf", "\"\\xef\\xbf\\xbf\"");
}

static void test_join(void **state) {
        char *words[] = { (char *)"a", (char *)"b c", (char *)"", NULL };
        _cleanup_free_ char *text = NULL, *empty = NULL;
        _cleanup_strv_ char **again = NULL;

        assert_int_equal(word_join(words, &text), 0);
        assert_string_equal(text, "a \"b c\" \"\"");
        assert_int_equal(word_split(text, NULL, WORD_UNQUOTE | WORD_CUNESCAPE, &again), 0);
        assert_true(strv_equal(words, again));
        assert_int_equal(word_join(NULL, &empty), 0);
        assert_string_equal(empty, "");
}

static int keep_value(const UnitTextItem *item, void *userdata) {
        if (item->key)
                assert_non_null(*(char **)userdata = strdup(item->value));
        return 1;
}

/* Random bytes, quoted, set into a unit file, read back: the same bytes. */
static void test_round_trip(void **state) {
        static const char favourites[] = "\\\"' \t\n;#=%$\x7f\xc3\xa4\xef\xbf\xbe[]x0";
        unsigned seed = 1;

        for (unsigned i = 0; i < 20000; i++) {
                char word[24] = "", *back = NULL;
                _cleanup_free_ char *quoted = NULL, *value = NULL;
                _cleanup_(strbuf_done) StrBuf text = { 0 };
                const char *p;

                for (unsigned k = 0, n = (unsigned)rand_r(&seed) % sizeof(word); k < n; k++)
                        word[k] = rand_r(&seed) % 4 ? favourites[(size_t)rand_r(&seed) %
                                                                 (sizeof(favourites) - 1)]
                                                    : (char)(1 + rand_r(&seed) % 255);
                assert_int_equal(word_quote(word, &quoted), 0);
                strbuf_addf(&text, "[S]\nA=%s\n", quoted);
                assert_int_equal(unit_text_parse(text.text, text.length, keep_value, &value, NULL),
                                 0);
                p = value;
                assert_int_equal(word_next(&p, NULL, WORD_UNQUOTE | WORD_CUNESCAPE, &back), 1);
                assert_string_equal(back, word);
                assert_null(p);
                free(back);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_table),      cmocka_unit_test(test_position),
                cmocka_unit_test(test_lenient),    cmocka_unit_test(test_unescape),
                cmocka_unit_test(test_quote),      cmocka_unit_test(test_join),
                cmocka_unit_test(test_round_trip),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
