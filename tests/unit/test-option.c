/* Protects the command lines: what is accepted, what each mistake is called, and that help fits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/program.h"
#include "base/strbuf.h"
#include "base/text.h"

enum {
        OPT_PROPERTY = 1,
        OPT_PTY,
        OPT_QUIET,
        OPT_UNIT,
        OPT_USER,
};

static const Option options[] = {
        OPTION_STANDARD_ROWS,
        { "property", 'p', "NAME=VALUE", "set a directive as a unit file would", OPT_PROPERTY },
        { "pty", 't', NULL, "give the command a terminal of its own", OPT_PTY },
        { "quiet", 'q', NULL, "say nothing but errors", OPT_QUIET },
        { "unit", 'u', "FILE", "run a unit file", OPT_UNIT },
        { "user-name-with-a-long-label", 0, "USER", "run as this user", OPT_USER },
};

static int run_list(int argc, char *argv[], void *context) {
        return 0;
}

static const Verb verbs[] = {
        { "calendar", "EXPRESSION...", 1, VERB_ANY, "show when calendar events elapse", run_list },
        { "list", NULL, 0, 0, "list all", run_list },
        { "show", "UNIT [NAME]", 1, 2, "show a unit", run_list },
};
static const VerbTable verb_table = { verbs, ARRAY_SIZE(verbs) };

/* Writes down what it gets: "1(a=b) 2() " */
static int record(int id, const char *value, void *context, Diag *diag) {
        StrBuf *to = context;

        if (id == OPTION_HELP)
                return 1;
        if (value && text_eq(value, "wrong"))
                return diag_error(diag, -EDOM, "\"wrong\" is wrong; use \"right\"");
        strbuf_addf(to, "%d(%s) ", id, value ? value : "");
        return 0;
}

static const OptionTable table = { options, ARRAY_SIZE(options), record, false };
static const OptionTable stopping = { options, ARRAY_SIZE(options), record, true };

static int split(char *line, char *argv[static 16]) {
        int argc = 0;

        for (char *save, *w = strtok_r(line, " ", &save); w; w = strtok_r(NULL, " ", &save))
                argv[argc++] = w;
        argv[argc] = NULL;
        return argc;
}

/* Parses "prog LINE"; *RET is the record, then the rest of the line in brackets, or the message. */
static int parse(const OptionTable *t, const char *line, char **ret) {
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_(strbuf_done) StrBuf seen = { 0 };
        _cleanup_free_ char *copy = NULL;
        char *argv[16];
        int argc, r;

        assert_true(asprintf(&copy, "prog %s", line) > 0);
        argc = split(copy, argv);
        r = option_parse(t, argc, argv, &seen, &diag);
        if (r < 0) {
                assert_int_equal(diag.n, 1);
                assert_int_equal(diag_entry_format(&diag.entries[0], ret), 0);
                return r;
        }
        for (int i = r; r > 0 && i < argc; i++)
                strbuf_addf(&seen, "[%s]", argv[i]);
        assert_int_equal(strbuf_take(&seen, ret), 0);
        return r;
}

static void assert_parses(const OptionTable *t, const char *line, const char *expected) {
        _cleanup_free_ char *got = NULL;

        assert_true(parse(t, line, &got) >= 0);
        assert_string_equal(got, expected);
}

static void assert_refused(const char *line, const char *message) {
        _cleanup_free_ char *got = NULL;

        assert_true(parse(&table, line, &got) < 0);
        assert_string_equal(got, message);
}

static void test_spellings(void **state) {
        assert_parses(&table, "--property=a=b", "1(a=b) ");
        assert_parses(&table, "--property a=b", "1(a=b) ");
        assert_parses(&table, "-pa=b", "1(a=b) ");
        assert_parses(&table, "-p a=b", "1(a=b) ");
        assert_parses(&table, "-tqp a", "2() 3() 1(a) ");
        assert_parses(&table, "-p a -p b --property=c", "1(a) 1(b) 1(c) ");
        assert_parses(&table, "--prop=a --quie", "1(a) 3() ");
        assert_parses(&table, "--property= x", "1() [x]");
        assert_parses(&table, "", "");
}

static void test_other_arguments(void **state) {
        assert_parses(&table, "ls -q --unit=x", "3() 4(x) [ls]");
        assert_parses(&stopping, "-q ls -q --unit=x", "3() [ls][-q][--unit=x]");
        assert_parses(&table, "-q -- -t --help", "3() [-t][--help]");
        assert_parses(&stopping, "-- -q ls", "[-q][ls]");
        assert_parses(&table, "-t -", "2() [-]");
        assert_parses(&stopping, "-p -- ls", "1(--) [ls]");
}

static void test_mistakes_are_named(void **state) {
        assert_refused("--proprety=a", "unknown option --proprety; did you mean --property?");
        assert_refused("--frobnicate", "unknown option --frobnicate; --help lists them all");
        assert_refused("ls --frobnicate -q", "unknown option --frobnicate; --help lists them all");
        assert_refused("-tx", "unknown option -x; --help lists them all");
        assert_refused("-\xc3\xa9", "unknown option letter, not in ASCII; --help lists them all");
        assert_refused("--unit", "option --unit needs a value: --unit=FILE");
        assert_refused("-tu", "option --unit needs a value: --unit=FILE");
        assert_refused("--quiet=yes", "option --quiet takes no value; write just --quiet");
        assert_refused("--u=x", "option --u can mean --unit or --user-name-with-a-long-label; "
                                "write it in full");
        assert_refused("-u wrong", "--unit=: \"wrong\" is wrong; use \"right\"");
}

static void test_handler_ends_the_parsing(void **state) {
        assert_parses(&table, "-q --help --frobnicate", "3() ");
}

static void assert_verb(const char *line, const char *expected) {
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_free_ char *copy = strdup(line);
        const Verb *verb = NULL;
        char *argv[16];
        int argc = split(copy, argv);

        if (verb_find(&verb_table, argc, argv, &verb, &diag) == 0) {
                assert_string_equal(verb->name, expected);
                return;
        }
        assert_null(verb);
        assert_int_equal(diag.n, 1);
        assert_string_equal(diag.entries[0].message, expected);
}

static void test_verbs(void **state) {
        assert_verb("list", "list");
        assert_verb("show a b", "show");
        assert_verb("calendar a b c d", "calendar");
        assert_verb("", "a verb is missing; use calendar, list or show");
        assert_verb("calender x", "unknown verb \"calender\"; did you mean \"calendar\"?");
        assert_verb("frobnicate", "unknown verb \"frobnicate\"; --help lists them all");
        assert_verb("show", "show: an argument is missing; it is \"show UNIT [NAME]\"");
        assert_verb("show a b c", "show: argument \"c\" is too much; it is \"show UNIT [NAME]\"");
        assert_verb("list a", "list: argument \"a\" is too much; it is \"list\"");
}

static void test_help_fits(void **state) {
        static const Program program = {
                .name = "prog",
                .usage = "[OPTION]... VERB",
                .summary = "Do things",
                .manual = "prog(1)",
                .options = { options, ARRAY_SIZE(options), record, false },
                .verbs = { verbs, ARRAY_SIZE(verbs) },
        };
        _cleanup_free_ char *text = NULL;
        size_t size, lines = 0;
        FILE *to = open_memstream(&text, &size);

        program_print_help(&program, NULL, to);
        fclose(to);
        for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1, lines++)
                assert_true(end - line <= 80);
        assert_true(lines <= 24);
        assert_non_null(
                strstr(text, "  -p --property=NAME=VALUE  set a directive as a unit file would\n"));
        assert_non_null(strstr(text, "     --user-name-with-a-long-label=USER\n"));
        assert_non_null(strstr(text, "  list                      list all\n"));
        assert_null(strstr(text, "\x1b["));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_spellings),
                cmocka_unit_test(test_other_arguments),
                cmocka_unit_test(test_mistakes_are_named),
                cmocka_unit_test(test_handler_ends_the_parsing),
                cmocka_unit_test(test_verbs),
                cmocka_unit_test(test_help_fits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
